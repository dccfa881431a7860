-- The next tickets behind id $3 in order of age, $4 of them, and whether each is in the caller's
-- areas ($1) or the caller sees all ($2).
SELECT ticket_id,
       $2::boolean OR EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
                              WHERE starts_with(ticket.area, scope.area))
FROM ticket
WHERE ticket_id > $3
ORDER BY ticket_id
LIMIT $4
