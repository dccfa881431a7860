-- Whom the events settled since position $1 concern, to wake held polls; $2: the offset (the horizon
-- as in horizon.sql).
WITH horizon AS (
    SELECT coalesce((SELECT min(running.xid::text::bigint)
                     FROM pg_snapshot_xip(present.snapshot) AS running (xid)
                     WHERE NOT EXISTS (SELECT FROM pg_stat_activity AS other
                                       WHERE other.backend_xid = running.xid::xid
                                         AND other.datname <> current_database())),
                    pg_snapshot_xmax(present.snapshot)::text::bigint) + $2::bigint AS position
    FROM pg_current_snapshot() AS present (snapshot))
SELECT DISTINCT unit, org, ticket.area, event.copy_org, event.seen_by
FROM event JOIN ticket USING (ticket_id)
WHERE event.position >= $1
  AND event.position < (SELECT position FROM horizon)
LIMIT 1000
