-- Hands out up to $3 tasks of a unit that nobody holds, most urgent first, then earliest due; none of a
-- ticket that is hung, which could not be signed. $4 are as many fresh tokens.
WITH free AS (
    SELECT ticket_id, task, row_number() OVER (ORDER BY urgency DESC, due, ticket_id, task) AS place
    FROM (SELECT ticket_id, task, urgency, due FROM task
          WHERE unit = $1 AND state = 'assigned' AND (lease_until IS NULL OR lease_until <= $2)
            AND NOT EXISTS (SELECT FROM ticket
                            WHERE ticket.ticket_id = task.ticket_id AND hung_reason IS NOT NULL)
          ORDER BY urgency DESC, due, ticket_id
          LIMIT $3
          FOR UPDATE SKIP LOCKED) AS picked)
UPDATE task
SET claim_no = task.claim_no + 1, claim = ($4::text[])[free.place], claim_key = $5,
    lease_until = $6
FROM free
WHERE task.ticket_id = free.ticket_id AND task.task = free.task
RETURNING task.ticket_id, task.task
