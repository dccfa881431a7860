-- What is left of the data of erased tickets' events. The salt goes: nobody can try texts against the
-- digest any more, and that it is empty tells that the data were erased.
UPDATE event
SET data = new.data, salt = ''
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS new (ticket_id, seq, data)
WHERE event.ticket_id = new.ticket_id AND event.seq = new.seq
RETURNING event.ticket_id
