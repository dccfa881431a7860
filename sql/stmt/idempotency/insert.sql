-- Answers to keep; those not returned were given by another request first. One past its end is
-- replaced.
INSERT INTO idempotency (key, fingerprint, status, answer, location, etag, expires_at)
SELECT key, fingerprint, status, answer, location, etag, expires_at
FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::text[],
            $7::timestamptz[])
     AS new (key, fingerprint, status, answer, location, etag, expires_at)
ORDER BY key
ON CONFLICT (key) DO UPDATE
SET fingerprint = EXCLUDED.fingerprint, status = EXCLUDED.status, answer = EXCLUDED.answer,
    location = EXCLUDED.location, etag = EXCLUDED.etag, expires_at = EXCLUDED.expires_at
WHERE idempotency.expires_at <= $8::timestamptz
RETURNING key
