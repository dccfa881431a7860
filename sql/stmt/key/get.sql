-- One key by its id, revoked or not.
SELECT key_id, role, name, areas, unit, org, created_at, expires_at, revoked_at
FROM api_key WHERE key_id = $1
