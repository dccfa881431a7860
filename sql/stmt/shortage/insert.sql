-- Needs that nobody met.
INSERT INTO shortage (ticket_id, need, category, area, at)
SELECT ticket_id, need, category, area, at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
     AS new (ticket_id, need, category, area, at)
ON CONFLICT (ticket_id, need) DO NOTHING
