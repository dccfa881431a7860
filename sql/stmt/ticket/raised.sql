-- Whistles on tickets by id ($1) or number ($2): id, ticket, number, and when it ended.
SELECT ticket_id, parent, no, ended_at
FROM ticket
WHERE parent IN (SELECT unnest($1::bigint[])
                 UNION SELECT about.ticket_id FROM ticket AS about WHERE about.no = ANY ($2::text[]))
  AND origin = 'whistle'
ORDER BY ticket_id
