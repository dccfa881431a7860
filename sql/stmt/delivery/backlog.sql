-- How many wait at each webhook, and since when the oldest.
SELECT webhook_id, count(*), min(made_at) FROM delivery WHERE state = 'waiting' GROUP BY webhook_id
