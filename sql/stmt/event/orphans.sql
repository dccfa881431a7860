-- Events whose ticket is gone, with ids behind $1 up to $2.
SELECT event.ticket_id, min(seq)
FROM event LEFT JOIN (SELECT ticket_id FROM ticket
                      WHERE ticket_id > $1 AND ticket_id <= $2) AS there
     ON there.ticket_id = event.ticket_id
WHERE event.ticket_id > $1 AND event.ticket_id <= $2 AND there.ticket_id IS NULL
GROUP BY event.ticket_id
ORDER BY event.ticket_id
