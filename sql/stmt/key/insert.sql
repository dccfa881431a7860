-- A new API key.
INSERT INTO api_key (key_id, hash, role, name, areas, unit, org, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING key_id
