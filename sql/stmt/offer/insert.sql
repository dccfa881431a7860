-- Needs and projects that were published.
INSERT INTO offer (ticket_id, open_at, paired)
SELECT ticket_id, open_at, string_to_array(paired, ' ')
FROM unnest($1::bigint[], $2::timestamptz[], $3::text[]) AS new (ticket_id, open_at, paired)
RETURNING ticket_id
