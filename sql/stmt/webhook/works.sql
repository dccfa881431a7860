-- These took something.
UPDATE webhook SET failing_since = NULL
WHERE webhook_id = ANY ($1::bigint[]) AND failing_since IS NOT NULL
RETURNING webhook_id
