-- The tries of deliveries that are dropped.
DELETE FROM attempt
USING unnest($1::bigint[], $2::bigint[]) AS old (webhook_id, delivery_id)
WHERE attempt.webhook_id = old.webhook_id AND attempt.delivery_id = old.delivery_id
