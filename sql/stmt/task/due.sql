-- Tickets whose tasks have a step due, the oldest first; $2 of them, without those of $3.
SELECT ticket_id, next_at
FROM task
WHERE next_at <= $1 AND ticket_id <> ALL ($3::bigint[])
ORDER BY next_at
LIMIT $2
