-- A new webhook.
INSERT INTO webhook (webhook_id, version, state, reason, body, vault_key, sealed, position, failing_since,
                     created_at)
VALUES ($1, 1, $2, NULL, $3, $4, $5, $6, NULL, $7)
RETURNING webhook_id
