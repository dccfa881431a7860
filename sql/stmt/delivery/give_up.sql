-- All that waits at these webhooks, at $2.
UPDATE delivery SET state = 'given_up', ended_at = $2
WHERE webhook_id = ANY ($1::bigint[]) AND state = 'waiting'
