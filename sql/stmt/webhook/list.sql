-- A page of webhooks, newest first.
SELECT webhook_id, version, state, reason, body, vault_key, sealed, position, failing_since, created_at
FROM webhook WHERE webhook_id < $1 AND state <> 'deleted'
ORDER BY webhook_id DESC
LIMIT $2
