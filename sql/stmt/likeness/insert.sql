-- What new tickets are like.
INSERT INTO likeness (ticket_id, spot, area, packed)
SELECT ticket_id, spot, area, packed
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[])
     AS new (ticket_id, spot, area, packed)
RETURNING ticket_id
