-- Holders that a ticket has no row of any more.
DELETE FROM tally_ticket USING unnest($1::bigint[], $2::text[]) AS gone (ticket_id, holder)
WHERE tally_ticket.ticket_id = gone.ticket_id AND tally_ticket.holder = gone.holder
