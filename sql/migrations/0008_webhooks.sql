-- Webhooks: who is told, what, and how it went. The event log is the outbox: its rows are written with the
-- change; deliveries are derived from it, each event once, and the place in the log moves with them.
CREATE TABLE webhook (
    webhook_id bigint CONSTRAINT webhook_key PRIMARY KEY,
    version bigint NOT NULL,
    state text NOT NULL,
    reason text,
    body text NOT NULL,
    vault_key text NOT NULL,
    sealed bytea NOT NULL,
    position bigint NOT NULL,
    failing_since timestamptz,
    created_at timestamptz NOT NULL
);
-- One notice to one webhook. A line is what is sent in order: a ticket, or a unit's digests.
CREATE TABLE delivery (
    webhook_id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    line text NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    urgency bigint NOT NULL,
    no text,
    area text,
    at timestamptz NOT NULL,
    items text NOT NULL,
    state text NOT NULL,
    tries bigint NOT NULL,
    made_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT delivery_key PRIMARY KEY (webhook_id, line, seq)
);
-- Ids have the time in their high bits, so this is the order of time too.
CREATE UNIQUE INDEX delivery_by_id ON delivery (webhook_id, delivery_id);
CREATE INDEX delivery_given_up ON delivery (delivery_id, webhook_id) WHERE state = 'given_up';
CREATE INDEX delivery_by_end ON delivery (ended_at) WHERE ended_at IS NOT NULL;
-- Lines in which something waits: when the head may be sent. While it is under way, `next_at` is the end
-- of the lease and `lease` names who sends.
CREATE TABLE line (
    webhook_id bigint NOT NULL,
    line text NOT NULL,
    urgency bigint NOT NULL,
    next_at timestamptz NOT NULL,
    lease bigint NOT NULL,
    CONSTRAINT line_key PRIMARY KEY (webhook_id, line)
);
CREATE INDEX line_by_next ON line (webhook_id, next_at);
-- Every try, whatever became of it.
CREATE TABLE attempt (
    webhook_id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    attempt_id bigint NOT NULL,
    at timestamptz NOT NULL,
    took_ms bigint NOT NULL,
    status bigint NOT NULL,
    error text,
    CONSTRAINT attempt_key PRIMARY KEY (webhook_id, delivery_id, attempt_id)
);
INSERT INTO counter (name, value) VALUES ('webhooks', 0);
INSERT INTO tally_place (name, position, ticket, seq) VALUES ('notices', -1, -1, -1);
