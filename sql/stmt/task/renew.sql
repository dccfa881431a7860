-- Lengthens a living lease of a unit's task.
UPDATE task SET lease_until = $5
WHERE ticket_id = $1 AND task = $2 AND unit = $6 AND claim = $3 AND lease_until > $4
RETURNING ticket_id
