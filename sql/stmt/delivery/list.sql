-- A page of a webhook's deliveries, newest first: $1 the webhook, behind $2, of the state $3, of events from
-- $4 until before $5, none of which is older than the id $6.
SELECT webhook_id, delivery_id, line, seq, kind, no, area, at, state, tries, made_at, ended_at
FROM delivery
WHERE webhook_id = $1 AND delivery_id < $2 AND delivery_id >= $6 AND ($3::text IS NULL OR state = $3)
  AND ($4::timestamptz IS NULL OR at >= $4) AND ($5::timestamptz IS NULL OR at < $5)
ORDER BY delivery_id DESC
LIMIT $7
