-- What waits at webhook $1 may go at $2, but for what is under way.
UPDATE line SET next_at = $2 WHERE webhook_id = $1 AND lease = 0
