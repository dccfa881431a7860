-- For hints at intake: what tickets are like by their words and where they are, in a small table of
-- its own, so that many of one spot (the hash of category and street) are read quickly. A ticket that
-- is cancelled, invalid or erased has no row any more; those from before this table have none. `packed`
-- holds number, place and sketch in one value of a fixed size, so that those of a spot are told as one.
-- There is no foreign key: nothing depends on these rows, and looking for the ticket would cost more
-- than the row itself.
CREATE TABLE likeness (
    ticket_id bigint NOT NULL,
    spot bigint NOT NULL,
    area text NOT NULL,
    packed bytea NOT NULL,
    CONSTRAINT likeness_key PRIMARY KEY (ticket_id)
);
CREATE INDEX likeness_by_spot ON likeness (spot, ticket_id);
-- A caller's tickets newest first, however many there are.
CREATE INDEX identity_by_caller ON identity (phone_hash, ticket_id) WHERE phone_hash IS NOT NULL;
DROP INDEX identity_by_phone;
