-- The same rows into the history.
INSERT INTO registry_version (kind, code, version, revision, body, changed_at, changed_by)
SELECT $1, code, version, $2::bigint, body, $6::timestamptz, $7::bigint
FROM unnest($3::text[], $4::bigint[], $5::text[]) AS new (code, version, body)
RETURNING code
