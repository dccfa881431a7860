-- A change of webhook $1, if it is still at version $2.
UPDATE webhook
SET version = version + 1, state = $3, reason = $4, body = $5, vault_key = $6, sealed = $7,
    failing_since = $8
WHERE webhook_id = $1 AND version = $2
RETURNING webhook_id
