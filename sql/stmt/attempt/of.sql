-- All tries of these deliveries, in order.
SELECT webhook_id, delivery_id, at, took_ms, status, error
FROM attempt
WHERE (webhook_id, delivery_id) IN (SELECT webhook_id, delivery_id
                                    FROM unnest($1::bigint[], $2::bigint[])
                                         AS shown (webhook_id, delivery_id))
ORDER BY webhook_id, delivery_id, attempt_id
