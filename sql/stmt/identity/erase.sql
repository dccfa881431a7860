-- The petitioners of erased tickets.
DELETE FROM identity WHERE ticket_id = ANY ($1::bigint[])
