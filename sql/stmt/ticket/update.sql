-- What moves change in tickets; $3 is the version they were loaded at.
UPDATE ticket
SET version = new.version, state = new.state, final_state = new.final_state, details = new.details,
    dispatched_at = new.dispatched_at, ended_at = new.ended_at, route = new.route,
    hung_reason = new.hung_reason, transfers = new.transfers, designated = new.designated,
    copied = new.copied, link = new.link, excluded = new.excluded, review_at = new.review_at,
    unreached = new.unreached
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
            $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::bigint[],
            $12::boolean[], $13::boolean[], $14::bytea[], $15::boolean[], $16::timestamptz[], $17::bigint[])
     AS new (ticket_id, version, loaded, state, final_state, details, dispatched_at, ended_at, route,
             hung_reason, transfers, designated, copied, link, excluded, review_at,
             unreached)
WHERE ticket.ticket_id = new.ticket_id AND ticket.version = new.loaded
RETURNING ticket.ticket_id
