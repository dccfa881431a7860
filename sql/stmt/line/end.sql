-- Those of these lines in which nothing waits any more.
DELETE FROM line
USING unnest($1::bigint[], $2::text[]) AS done (webhook_id, line)
WHERE line.webhook_id = done.webhook_id AND line.line = done.line
  AND NOT EXISTS (SELECT FROM delivery
                  WHERE delivery.webhook_id = line.webhook_id AND delivery.line = line.line
                    AND delivery.state = 'waiting')
