-- Tickets by id ($1) or number ($2), with the time of their last event.
SELECT ticket_id, no, version, state, final_state, kind, urgency, category, area, title, content,
       details, source, external_no, has_phone, secret, barred, received_at, dispatched_at, ended_at,
       route, hung_reason, transfers, designated, copied, link, origin, head_org, parent,
       excluded, review_at, unreached, erased_at,
       (SELECT at FROM event WHERE event.ticket_id = ticket.ticket_id AND seq = ticket.version)
FROM ticket
WHERE ticket_id IN (SELECT unnest($1::bigint[])
                    UNION SELECT ticket_id FROM ticket WHERE no = ANY ($2::text[]))
ORDER BY ticket_id
