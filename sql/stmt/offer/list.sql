-- A page of needs or projects ($10), newest first, within the caller's scope: areas ($1), orgs ($3) that
-- own them, units and orgs ($2, $3) that have a share, and units ($2) that they are offered to now
-- ($11), unless only what is the caller's own is asked for ($12); without barred ones ($4). Filters:
-- states, area, kind, org, unit that takes part. Behind $13.
SELECT ticket.ticket_id
FROM ticket LEFT JOIN offer USING (ticket_id)
WHERE ticket.origin = $10 AND ticket.origin <> 'ticket'
  AND (EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
               WHERE starts_with(ticket.area, scope.area))
       OR head_org = ANY ($3::text[])
       OR EXISTS (SELECT FROM task
                  WHERE task.ticket_id = ticket.ticket_id
                    AND task.state NOT IN ('returned', 'withdrawn')
                    AND (task.unit = ANY ($2::text[]) OR task.org = ANY ($3::text[])
                         OR task.seen_by && $3::text[]))
       OR (NOT $12::boolean AND cardinality($1::text[]) = 0
           AND ticket.state IN ('published', 'taken')
           AND (offer.open_at <= $11 OR offer.paired && $2::text[])))
  AND NOT barred && $4::text[]
  AND ($5::text[] IS NULL OR ticket.state = ANY ($5))
  AND ($6::text IS NULL OR starts_with(ticket.area, $6))
  AND ($7::text IS NULL OR kind = $7)
  AND ($8::text IS NULL OR head_org = $8)
  AND ($9::text IS NULL OR EXISTS (SELECT FROM task
                                   WHERE task.ticket_id = ticket.ticket_id AND task.unit = $9
                                     AND task.state NOT IN ('returned', 'withdrawn')))
  AND ticket.ticket_id < $13
ORDER BY ticket.ticket_id DESC
LIMIT $14
