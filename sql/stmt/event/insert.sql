-- New events. A version that another transaction wrote first is a key conflict: the caller does all
-- again. $20 is the offset of this database's transaction numbers.
INSERT INTO event (ticket_id, seq, task, move, at, by_key, by_role, by_unit, by_org, from_state,
                   to_state, data, salt, digest, link, unit, org, seen_by, copy_org, position)
SELECT ticket_id, seq, task, move, at, by_key, by_role, by_unit, by_org, from_state, to_state, data,
       salt, digest, link, unit, org, string_to_array(seen_by, ' '), copy_org,
       pg_current_xact_id()::text::bigint + $20::bigint
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::bigint[],
            $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[],
            $14::bytea[], $15::bytea[], $16::text[], $17::text[], $18::text[], $19::text[])
     AS new (ticket_id, seq, task, move, at, by_key, by_role, by_unit, by_org, from_state, to_state,
             data, salt, digest, link, unit, org, seen_by, copy_org)
RETURNING ticket_id
