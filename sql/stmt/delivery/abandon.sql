-- All that waits at a webhook that is deleted, or could not be delivered to it; at $2.
UPDATE delivery SET state = 'abandoned', ended_at = $2
WHERE webhook_id = $1 AND state IN ('waiting', 'given_up')
