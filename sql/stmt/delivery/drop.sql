-- Of what ended before $1 the first $2, and what deleted webhooks left.
DELETE FROM delivery
USING (SELECT webhook_id, delivery_id FROM delivery
       WHERE ended_at < $1
       ORDER BY ended_at
       LIMIT $2) AS old
WHERE delivery.webhook_id = old.webhook_id AND delivery.delivery_id = old.delivery_id
RETURNING delivery.webhook_id, delivery.delivery_id
