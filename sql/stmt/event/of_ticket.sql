-- A ticket's events in order, after a number; $4: only those of these units and orgs ($2, $3).
SELECT ticket_id, seq, task, move, at, by_key, by_role, by_unit, by_org, from_state, to_state, data,
       unit, org, seen_by
FROM event
WHERE ticket_id = $1 AND seq > $5
  AND (NOT $4::boolean OR unit = ANY ($2::text[]) OR org = ANY ($3::text[])
       OR seen_by && $3::text[] OR copy_org = ANY ($3::text[]))
ORDER BY seq
LIMIT $6
