-- Whom the events settled since position $1 concern, to wake held polls; $2: the offset. The last
-- column is how far this answer reaches.
SELECT DISTINCT unit, org, ticket.area, event.copy_org, event.seen_by
FROM event JOIN ticket USING (ticket_id)
WHERE event.position >= $1
  AND event.position < pg_snapshot_xmin(pg_current_snapshot())::text::bigint + $2::bigint
LIMIT 1000
