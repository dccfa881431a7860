-- A webhook that is no more.
UPDATE webhook SET state = 'deleted', version = version + 1
WHERE webhook_id = $1 AND version = $2 AND state <> 'deleted'
RETURNING webhook_id
