-- One key by its hash.
SELECT key_id, hash, role, name, areas, unit, org, created_at, expires_at
FROM api_key WHERE hash = $1 AND revoked_at IS NULL
