-- What an amendment corrects in tickets; their versions are guarded by the update beside it.
UPDATE ticket
SET category = new.category, area = new.area, content = new.content
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS new (ticket_id, category, area, content)
WHERE ticket.ticket_id = new.ticket_id
RETURNING ticket.ticket_id
