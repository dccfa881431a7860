-- The columns of tickets that hold texts; their versions are guarded by the update beside it.
UPDATE ticket
SET title = new.title, content = new.content, has_phone = false, erased_at = new.erased_at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[])
     AS new (ticket_id, title, content, erased_at)
WHERE ticket.ticket_id = new.ticket_id
RETURNING ticket.ticket_id
