-- A page of keys, newest first.
SELECT key_id, role, name, areas, unit, org, created_at, expires_at, revoked_at
FROM api_key WHERE key_id < $1
ORDER BY key_id DESC
LIMIT $2
