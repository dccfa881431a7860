-- What events of tickets $1 behind (ticket, seq) = ($2, $3) say, in order; $4 of them.
SELECT ticket_id, seq, data
FROM event
WHERE ticket_id = ANY ($1::bigint[]) AND (ticket_id, seq) > ($2, $3)
ORDER BY ticket_id, seq
LIMIT $4
