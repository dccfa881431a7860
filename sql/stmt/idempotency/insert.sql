-- Answers to keep; those not returned were given by another request first. One past its end is
-- replaced. $9: the tickets whose texts an answer repeats, with blanks between them.
INSERT INTO idempotency (key, fingerprint, status, answer, location, etag, expires_at, tickets)
SELECT key, fingerprint, status, answer, location, etag, expires_at,
       string_to_array(tickets, ' ')::bigint[]
FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::text[],
            $7::timestamptz[], $9::text[])
     AS new (key, fingerprint, status, answer, location, etag, expires_at, tickets)
ORDER BY key
ON CONFLICT (key) DO UPDATE
SET fingerprint = EXCLUDED.fingerprint, status = EXCLUDED.status, answer = EXCLUDED.answer,
    location = EXCLUDED.location, etag = EXCLUDED.etag, expires_at = EXCLUDED.expires_at,
    tickets = EXCLUDED.tickets
WHERE idempotency.expires_at <= $8::timestamptz
RETURNING key
