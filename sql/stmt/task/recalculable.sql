-- Tickets behind id $3, in order of id, of which open tasks run under an older version of a calendar
-- ($1) than $2; $4 of them.
SELECT ticket_id FROM task
WHERE calendar = $1 AND calendar_version < $2 AND ticket_id > $3
  AND state IN ('assigned', 'signed', 'replied', 'return_requested')
GROUP BY ticket_id
ORDER BY ticket_id
LIMIT $4
