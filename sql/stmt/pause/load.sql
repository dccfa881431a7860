-- The ledger of pauses of tickets by id ($1) or number ($2), in order.
SELECT ticket_id, at, begins
FROM pause
WHERE ticket_id IN (SELECT unnest($1::bigint[])
                    UNION SELECT ticket_id FROM ticket WHERE no = ANY ($2::text[]))
ORDER BY ticket_id, seq
