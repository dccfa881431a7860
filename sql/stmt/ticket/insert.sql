-- New tickets of a batch.
INSERT INTO ticket (ticket_id, no, version, state, final_state, kind, urgency, category, area, title,
                    content, details, source, external_no, has_phone, secret, barred, received_at,
                    dispatched_at, ended_at, route, hung_reason, transfers, designated, copied, link, origin,
                    head_org, parent, excluded, review_at, unreached)
SELECT ticket_id, no, version, state, final_state, kind, urgency, category, area, title, content,
       details, source, external_no, has_phone, secret, string_to_array(barred, ' '), received_at,
       dispatched_at, ended_at, route, hung_reason, transfers, designated, copied, link,
       origin, head_org, parent, excluded, review_at, unreached
FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::boolean[], $16::boolean[], $17::text[], $18::timestamptz[], $19::timestamptz[],
            $20::timestamptz[], $21::text[], $22::text[], $23::bigint[], $24::boolean[],
            $25::boolean[], $26::bytea[], $27::text[], $28::text[], $29::bigint[], $30::boolean[],
            $31::timestamptz[], $32::bigint[])
     AS new (ticket_id, no, version, state, final_state, kind, urgency, category, area, title, content,
             details, source, external_no, has_phone, secret, barred, received_at, dispatched_at,
             ended_at, route, hung_reason, transfers, designated, copied, link, origin, head_org, parent,
             excluded, review_at, unreached)
RETURNING ticket_id
