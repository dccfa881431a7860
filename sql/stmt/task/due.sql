-- Tickets whose tasks have a step due, the oldest first; $2 of them.
SELECT ticket_id, next_at FROM task WHERE next_at <= $1 ORDER BY next_at LIMIT $2
