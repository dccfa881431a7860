-- Deleted webhooks of which nothing is left.
DELETE FROM webhook
WHERE state = 'deleted' AND NOT EXISTS (SELECT FROM delivery
                                        WHERE delivery.webhook_id = webhook.webhook_id)
