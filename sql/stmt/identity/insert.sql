-- Sealed identities of new tickets.
INSERT INTO identity (ticket_id, vault_key, sealed, phone_hash)
SELECT ticket_id, vault_key, sealed, phone_hash
FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[])
     AS new (ticket_id, vault_key, sealed, phone_hash)
RETURNING ticket_id
