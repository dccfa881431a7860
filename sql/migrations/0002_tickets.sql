-- Tickets, their tasks and events. Ids are made by the daemon, time in the high bits.
CREATE TABLE ticket (
    ticket_id bigint NOT NULL,
    no text NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL,
    final_state text,
    kind text NOT NULL,
    urgency text NOT NULL,
    category text NOT NULL,
    area text NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    details text NOT NULL,
    source text,
    external_no text,
    has_phone boolean NOT NULL,
    secret boolean NOT NULL,
    barred text[] NOT NULL,
    received_at timestamptz NOT NULL,
    dispatched_at timestamptz,
    ended_at timestamptz,
    route text,
    hung_reason text,
    transfers bigint NOT NULL,
    designated boolean NOT NULL,
    copied boolean NOT NULL,
    link bytea NOT NULL,
    CONSTRAINT ticket_key PRIMARY KEY (ticket_id)
);
CREATE INDEX ticket_by_no ON ticket (no);
CREATE INDEX ticket_by_area ON ticket (area, ticket_id);
-- Uniqueness of source + external number.
CREATE TABLE external_number (
    source text NOT NULL,
    external_no text NOT NULL,
    ticket_id bigint NOT NULL,
    no text NOT NULL,
    CONSTRAINT external_number_key PRIMARY KEY (source, external_no)
);
-- The petitioner, sealed by the vault key that the row names; the phone findable by a keyed hash.
CREATE TABLE identity (
    ticket_id bigint NOT NULL,
    vault_key text NOT NULL,
    sealed bytea NOT NULL,
    phone_hash bytea,
    CONSTRAINT identity_key PRIMARY KEY (ticket_id)
);
CREATE INDEX identity_by_phone ON identity (phone_hash) WHERE phone_hash IS NOT NULL;
CREATE TABLE task (
    ticket_id bigint NOT NULL,
    task bigint NOT NULL,
    role text NOT NULL,
    round bigint NOT NULL,
    state text NOT NULL,
    prior text,
    unit text,
    org text NOT NULL,
    seen_by text[] NOT NULL,
    level text NOT NULL,
    urgency bigint NOT NULL,
    category text NOT NULL,
    area text NOT NULL,
    dispatched_at timestamptz NOT NULL,
    arrived_at timestamptz NOT NULL,
    sign_due timestamptz,
    contact_due timestamptz,
    resolve_due timestamptz,
    sign_met timestamptz,
    contact_met timestamptz,
    resolve_met timestamptz,
    due timestamptz,
    overdue bigint NOT NULL,
    provisional boolean NOT NULL,
    policy text NOT NULL,
    policy_version bigint NOT NULL,
    calendar text NOT NULL,
    calendar_version bigint NOT NULL,
    fired bigint NOT NULL,
    next_at timestamptz,
    resource text,
    designated boolean NOT NULL,
    extensions bigint NOT NULL,
    public_answer text,
    proposed_unit text,
    asked_key bigint NOT NULL,
    asked_org text,
    claim_no bigint NOT NULL,
    claim text,
    claim_key bigint NOT NULL,
    lease_until timestamptz,
    version bigint NOT NULL,
    CONSTRAINT task_key PRIMARY KEY (ticket_id, task)
);
CREATE INDEX task_by_next ON task (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX task_by_unit ON task (unit, ticket_id) WHERE unit IS NOT NULL;
CREATE INDEX task_by_org ON task (org, ticket_id);
CREATE INDEX task_by_seen ON task USING gin (seen_by) WHERE seen_by <> '{}';
CREATE INDEX task_to_claim ON task (unit, urgency DESC, due, ticket_id)
    WHERE state = 'assigned' AND unit IS NOT NULL;
CREATE INDEX task_pending ON task (state, ticket_id) WHERE state IN ('return_requested', 'replied');
CREATE INDEX task_sign_open ON task (sign_due)
    WHERE sign_met IS NULL AND sign_due IS NOT NULL
    AND state IN ('assigned', 'signed', 'return_requested');
CREATE INDEX task_contact_open ON task (contact_due)
    WHERE contact_met IS NULL AND contact_due IS NOT NULL
    AND state IN ('assigned', 'signed', 'return_requested');
CREATE INDEX task_resolve_open ON task (resolve_due)
    WHERE resolve_met IS NULL AND resolve_due IS NOT NULL
    AND state IN ('assigned', 'signed', 'return_requested');
CREATE INDEX task_provisional ON task (ticket_id)
    WHERE provisional AND state IN ('assigned', 'signed', 'return_requested');
ALTER TABLE task ADD CONSTRAINT task_ticket FOREIGN KEY (ticket_id) REFERENCES ticket (ticket_id);
ALTER TABLE identity
    ADD CONSTRAINT identity_ticket FOREIGN KEY (ticket_id) REFERENCES ticket (ticket_id);
-- The append-only log. (ticket_id, seq) is also the guard against a lost race: seq is the ticket's new
-- version. `position` orders the feed: the transaction's number plus the offset of this database.
CREATE TABLE event (
    ticket_id bigint NOT NULL,
    seq bigint NOT NULL,
    task bigint NOT NULL,
    move text NOT NULL,
    at timestamptz NOT NULL,
    by_key bigint NOT NULL,
    by_role text,
    by_unit text,
    by_org text,
    from_state text,
    to_state text,
    data text NOT NULL,
    salt bytea NOT NULL,
    digest bytea NOT NULL,
    link bytea NOT NULL,
    unit text,
    org text,
    seen_by text[] NOT NULL,
    copy_org text,
    position bigint NOT NULL,
    CONSTRAINT event_key PRIMARY KEY (ticket_id, seq)
);
CREATE INDEX event_feed ON event (position, ticket_id, seq);
ALTER TABLE event ADD CONSTRAINT event_ticket FOREIGN KEY (ticket_id) REFERENCES ticket (ticket_id);
-- Needs that no inventory met, kept for planning.
CREATE TABLE shortage (
    ticket_id bigint NOT NULL,
    need text NOT NULL,
    category text NOT NULL,
    area text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT shortage_key PRIMARY KEY (ticket_id, need)
);
ALTER TABLE shortage
    ADD CONSTRAINT shortage_ticket FOREIGN KEY (ticket_id) REFERENCES ticket (ticket_id);
