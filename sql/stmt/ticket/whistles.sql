-- A page of whistles, newest first, within the caller's scope: areas ($1), orgs ($3) that decide on
-- them or raised them, or units, orgs ($2, $3) through their targets, without barred ones ($4).
-- Filters: states, org, unit, number of the ticket, kind. Behind whistle $10.
SELECT ticket_id
FROM ticket
WHERE origin = 'whistle'
  AND (EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
               WHERE starts_with(ticket.area, scope.area))
       OR head_org = ANY ($3::text[]) OR source = ANY ($3::text[])
       OR EXISTS (SELECT FROM task
                  WHERE task.ticket_id = ticket.ticket_id
                    AND task.state NOT IN ('returned', 'withdrawn')
                    AND (task.unit = ANY ($2::text[]) OR task.org = ANY ($3::text[])
                         OR task.seen_by && $3::text[])))
  AND NOT barred && $4::text[]
  AND ($5::text[] IS NULL OR state = ANY ($5))
  AND ($6::text IS NULL OR head_org = $6 OR source = $6)
  AND ($7::text IS NULL OR EXISTS (SELECT FROM task
                                   WHERE task.ticket_id = ticket.ticket_id AND task.unit = $7))
  AND ($8::text IS NULL OR parent = (SELECT about.ticket_id FROM ticket AS about WHERE about.no = $8))
  AND ($9::text IS NULL OR kind = $9)
  AND ticket_id < $10
ORDER BY ticket_id DESC
LIMIT $11
