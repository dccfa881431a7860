-- New entries of the ledger of pauses.
INSERT INTO pause (ticket_id, seq, at, begins, reason)
SELECT ticket_id, seq, at, begins, reason
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::boolean[], $5::text[])
     AS new (ticket_id, seq, at, begins, reason)
RETURNING ticket_id
