-- Erasing: when a ticket's texts were erased, and the ended ones that retention may look at, the
-- oldest first. Kept answers know the tickets whose texts they repeat, so that they go with them.
ALTER TABLE ticket ADD COLUMN erased_at timestamptz;
CREATE INDEX ticket_by_end ON ticket (ended_at, ticket_id)
    WHERE ended_at IS NOT NULL AND erased_at IS NULL;
ALTER TABLE idempotency ADD COLUMN tickets bigint[];
CREATE INDEX idempotency_of_ticket ON idempotency USING gin (tickets) WHERE tickets IS NOT NULL;
