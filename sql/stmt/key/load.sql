-- All keys that were not revoked.
SELECT key_id, hash, role, name, areas, unit, org, created_at, expires_at
FROM api_key WHERE revoked_at IS NULL
