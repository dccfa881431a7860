-- Events of tickets $1 behind (ticket, seq) = ($2, $3), in order, with all that their chains are made
-- of; $4 of them.
SELECT ticket_id, seq, task, move, at, by_key, by_role, by_unit, by_org, from_state, to_state, data,
       unit, org, seen_by, copy_org, salt, digest, link
FROM event
WHERE ticket_id = ANY ($1::bigint[]) AND (ticket_id, seq) > ($2, $3)
ORDER BY ticket_id, seq
LIMIT $4
