-- Tries that were made.
INSERT INTO attempt (webhook_id, delivery_id, attempt_id, at, took_ms, status, error)
SELECT webhook_id, delivery_id, attempt_id, at, took_ms, status, error
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[],
            $7::text[])
     AS new (webhook_id, delivery_id, attempt_id, at, took_ms, status, error)
ON CONFLICT (webhook_id, delivery_id, attempt_id) DO NOTHING
