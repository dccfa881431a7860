-- A page of tickets, newest first, within the caller's scope: areas ($1) or units, orgs ($2, $3)
-- through their tasks, without barred ones ($4). Filters: states, area, unit, org, category, words,
-- received from and to. Behind ticket $13.
SELECT ticket_id
FROM ticket
WHERE (EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
               WHERE starts_with(ticket.area, scope.area))
       OR EXISTS (SELECT FROM task
                  WHERE task.ticket_id = ticket.ticket_id
                    AND task.state NOT IN ('returned', 'withdrawn')
                    AND (task.unit = ANY ($2::text[]) OR task.org = ANY ($3::text[])
                         OR task.seen_by && $3::text[])))
  AND origin = 'ticket'
  AND NOT barred && $4::text[]
  AND ($5::text[] IS NULL OR state = ANY ($5))
  AND ($6::text IS NULL OR starts_with(area, $6))
  AND (($7::text IS NULL AND $8::text IS NULL)
       OR EXISTS (SELECT FROM task
                  WHERE task.ticket_id = ticket.ticket_id
                    AND task.state NOT IN ('returned', 'withdrawn')
                    AND ($7::text IS NULL OR task.unit = $7)
                    AND ($8::text IS NULL OR task.org = $8)))
  AND ($9::text IS NULL OR category = $9 OR starts_with(category, $9 || '.'))
  AND ($10::text IS NULL OR strpos(title, $10) > 0 OR strpos(content, $10) > 0 OR no = $10)
  AND ($11::timestamptz IS NULL OR received_at >= $11)
  AND ($12::timestamptz IS NULL OR received_at < $12)
  AND ticket_id < $13
ORDER BY ticket_id DESC
LIMIT $14
