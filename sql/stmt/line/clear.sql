-- All lines of these webhooks.
DELETE FROM line WHERE webhook_id = ANY ($1::bigint[])
