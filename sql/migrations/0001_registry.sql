-- What a district registers, who may call, and the daemon's own small facts.
CREATE TABLE meta (
    name text CONSTRAINT meta_key PRIMARY KEY,
    value text NOT NULL
);
-- Counters of the whole database: instance numbers, the registry's and the keys' revisions.
CREATE TABLE counter (
    name text CONSTRAINT counter_key PRIMARY KEY,
    value bigint NOT NULL
);
-- The present version of every registered row, as the JSON that the API shows.
CREATE TABLE registry (
    kind text NOT NULL,
    code text NOT NULL,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    status text NOT NULL,
    body text NOT NULL,
    CONSTRAINT registry_key PRIMARY KEY (kind, code)
);
CREATE INDEX registry_by_revision ON registry (revision);
-- Every version there ever was: who changed what, and the rules that open tasks still run under.
CREATE TABLE registry_version (
    kind text NOT NULL,
    code text NOT NULL,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    body text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by bigint NOT NULL,
    CONSTRAINT registry_version_key PRIMARY KEY (kind, code, version)
);
-- Tasks that hold a resource now. No foreign keys, in or out: intake updates it for every ticket.
CREATE TABLE capacity (
    resource text CONSTRAINT capacity_key PRIMARY KEY,
    capacity bigint,
    taken bigint NOT NULL
);
-- A unit's record, one of the terms of matching.
CREATE TABLE unit_record (
    unit text CONSTRAINT unit_record_key PRIMARY KEY,
    handled bigint NOT NULL,
    on_time bigint NOT NULL,
    rated bigint NOT NULL,
    rating_sum double precision NOT NULL
);
CREATE TABLE api_key (
    key_id bigint CONSTRAINT api_key_key PRIMARY KEY,
    hash bytea NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    areas text[] NOT NULL,
    unit text,
    org text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX api_key_by_hash ON api_key (hash);
-- Answers to requests with an Idempotency-Key: key = SHA-256 of API key, method, path and header.
CREATE TABLE idempotency (
    key bytea CONSTRAINT idempotency_key PRIMARY KEY,
    fingerprint bytea NOT NULL,
    status bigint NOT NULL,
    answer text NOT NULL,
    location text,
    etag text,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_by_end ON idempotency (expires_at);
-- Serial numbers of a district's day, reserved in blocks.
CREATE TABLE serial_block (
    district text NOT NULL,
    day text NOT NULL,
    next bigint NOT NULL,
    CONSTRAINT serial_block_key PRIMARY KEY (district, day)
);
INSERT INTO counter (name, value) VALUES ('instance', 0), ('registry', 0), ('keys', 0);
