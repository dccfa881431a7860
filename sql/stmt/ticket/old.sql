-- Tickets that ended by $1 and whose texts still stand, the longest ended first, behind
-- (ended_at, ticket_id) = ($2, $3); $4 of them, with what a policy is chosen by.
SELECT ticket_id, ended_at, kind, urgency, category, area
FROM ticket
WHERE ended_at IS NOT NULL AND erased_at IS NULL AND ended_at <= $1
  AND (ended_at, ticket_id) > ($2, $3) AND origin = 'ticket'
ORDER BY ended_at, ticket_id
LIMIT $4
