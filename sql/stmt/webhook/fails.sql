-- These failed at $2, and had not before.
UPDATE webhook SET failing_since = $2
WHERE webhook_id = ANY ($1::bigint[]) AND failing_since IS NULL
RETURNING webhook_id
