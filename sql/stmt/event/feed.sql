-- The feed after (position, ticket, seq) = ($5, $6, $7), settled events only, within the caller's
-- scope: areas ($1) or units, orgs ($2, $3) without barred ones ($4). $8: the offset
-- (the horizon as in horizon.sql).
WITH horizon AS (
    SELECT coalesce((SELECT min(running.xid::text::bigint)
                     FROM pg_snapshot_xip(present.snapshot) AS running (xid)
                     WHERE NOT EXISTS (SELECT FROM pg_stat_activity AS other
                                       WHERE other.backend_xid = running.xid::xid
                                         AND other.datname <> current_database())),
                    pg_snapshot_xmax(present.snapshot)::text::bigint) + $8::bigint AS position
    FROM pg_current_snapshot() AS present (snapshot))
SELECT event.position, ticket_id, seq, task, move, at, by_key, by_role, by_unit, by_org, from_state,
       to_state, data, unit, org, event.seen_by, ticket.no,
       ticket.origin
FROM event JOIN ticket USING (ticket_id)
WHERE (event.position, ticket_id, seq) > ($5, $6, $7)
  AND event.position < (SELECT position FROM horizon)
  AND (EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
               WHERE starts_with(ticket.area, scope.area))
       OR event.unit = ANY ($2::text[]) OR event.org = ANY ($3::text[])
       OR event.seen_by && $3::text[] OR event.copy_org = ANY ($3::text[]))
  AND NOT ticket.barred && $4::text[]
ORDER BY event.position, ticket_id, seq
LIMIT $9
