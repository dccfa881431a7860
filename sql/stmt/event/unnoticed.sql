-- The next settled events behind (position, ticket, seq) = ($1, $2, $3), all of them, with what notices say
-- of their tickets; $4: the offset (the horizon as in horizon.sql).
WITH horizon AS (
    SELECT coalesce((SELECT min(running.xid::text::bigint)
                     FROM pg_snapshot_xip(present.snapshot) AS running (xid)
                     WHERE NOT EXISTS (SELECT FROM pg_stat_activity AS other
                                       WHERE other.backend_xid = running.xid::xid
                                         AND other.datname <> current_database())),
                    pg_snapshot_xmax(present.snapshot)::text::bigint) + $4::bigint AS position
    FROM pg_current_snapshot() AS present (snapshot))
SELECT event.position, ticket_id, seq, task, move, at, from_state, to_state, data, unit, org,
       event.seen_by, event.copy_org, ticket.origin, ticket.no, ticket.category, ticket.area,
       ticket.urgency, ticket.barred
FROM event JOIN ticket USING (ticket_id)
WHERE (event.position, ticket_id, seq) > ($1, $2, $3)
  AND event.position < (SELECT position FROM horizon)
ORDER BY event.position, ticket_id, seq
LIMIT $5
