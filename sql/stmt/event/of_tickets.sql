-- All events of these tickets up to (position, ticket, seq) = ($2, $3, $4), as the feed tells them.
SELECT ticket_id, task, move, at, data
FROM event
WHERE ticket_id = ANY ($1::bigint[]) AND (position, ticket_id, seq) <= ($2, $3, $4)
ORDER BY ticket_id, seq
