-- Tickets that were cancelled, found invalid or erased are no hint any more.
DELETE FROM likeness WHERE ticket_id = ANY ($1::bigint[])
