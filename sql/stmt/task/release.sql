-- Ends a living lease of a unit's task.
UPDATE task SET claim = NULL, lease_until = NULL, claim_no = claim_no + 1
WHERE ticket_id = $1 AND task = $2 AND unit = $5 AND claim = $3 AND lease_until > $4
RETURNING ticket_id
