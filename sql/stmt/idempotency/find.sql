-- Stored answers.
SELECT key, fingerprint, status, answer, location, etag
FROM idempotency
WHERE key = ANY ($1::bytea[]) AND expires_at > $2
