-- New and changed rows of a kind.
INSERT INTO registry (kind, code, version, revision, status, body)
SELECT $1, code, version, $2::bigint, status, body
FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[]) AS new (code, version, status, body)
ON CONFLICT (kind, code) DO UPDATE
SET version = EXCLUDED.version, revision = EXCLUDED.revision, status = EXCLUDED.status,
    body = EXCLUDED.body
