-- Tickets of one caller, newest first, within a scope of areas.
SELECT ticket_id
FROM identity JOIN ticket USING (ticket_id)
WHERE phone_hash = $1
  AND EXISTS (SELECT FROM unnest($2::text[]) AS scope (area)
              WHERE starts_with(ticket.area, scope.area))
ORDER BY ticket_id DESC
LIMIT $3
