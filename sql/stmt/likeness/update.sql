-- What corrected tickets are like now; those that are no hint stay none.
UPDATE likeness
SET spot = new.spot, area = new.area, packed = new.packed
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[])
     AS new (ticket_id, spot, area, packed)
WHERE likeness.ticket_id = new.ticket_id
