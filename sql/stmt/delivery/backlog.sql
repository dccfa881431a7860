-- How many deliveries wait at each webhook, and since when the oldest: those of each line in which any does.
SELECT line.webhook_id, sum(waiting.count)::bigint, min(waiting.since)
FROM line,
     LATERAL (SELECT count(*) AS count, min(made_at) AS since
              FROM delivery
              WHERE delivery.webhook_id = line.webhook_id AND delivery.line = line.line
                AND delivery.state = 'waiting') AS waiting
GROUP BY line.webhook_id
