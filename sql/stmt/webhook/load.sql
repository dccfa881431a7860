-- All webhooks that were not deleted.
SELECT webhook_id, version, state, reason, body, vault_key, sealed, position, failing_since, created_at
FROM webhook WHERE state <> 'deleted'
