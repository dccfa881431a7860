-- External numbers of new tickets; those not returned were used before.
INSERT INTO external_number (source, external_no, ticket_id, no)
SELECT source, external_no, ticket_id, no
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS new (source, external_no, ticket_id, no)
ORDER BY source, external_no
ON CONFLICT (source, external_no) DO NOTHING
RETURNING ticket_id
