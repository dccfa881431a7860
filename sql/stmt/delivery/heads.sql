-- The first that waits in each of these lines.
SELECT head.webhook_id, head.delivery_id, head.line, head.seq, head.kind, head.at, head.items, head.tries
FROM unnest($1::bigint[], $2::text[]) AS taken (webhook_id, line),
     LATERAL (SELECT webhook_id, delivery_id, line, seq, kind, at, items, tries
              FROM delivery
              WHERE delivery.webhook_id = taken.webhook_id AND delivery.line = taken.line
                AND delivery.state = 'waiting'
              ORDER BY seq
              LIMIT 1) AS head
