-- The whole life: whistles, needs and projects beside tickets, pauses, extensions, ratings. A row of
-- `ticket` is the head of a dossier of any origin; tasks, events and pauses belong to it.
ALTER TABLE ticket ADD COLUMN origin text NOT NULL DEFAULT 'ticket';
ALTER TABLE ticket ADD COLUMN head_org text;
ALTER TABLE ticket ADD COLUMN parent bigint;
ALTER TABLE ticket ADD COLUMN excluded boolean NOT NULL DEFAULT false;
ALTER TABLE ticket ADD COLUMN review_at timestamptz;
ALTER TABLE ticket ADD COLUMN unreached bigint NOT NULL DEFAULT 0;
ALTER TABLE ticket ALTER COLUMN origin DROP DEFAULT;
ALTER TABLE ticket ALTER COLUMN excluded DROP DEFAULT;
ALTER TABLE ticket ALTER COLUMN unreached DROP DEFAULT;
-- Heads of each origin in order of age; whistles on a ticket.
CREATE INDEX ticket_by_origin ON ticket (origin, ticket_id) WHERE origin <> 'ticket';
CREATE INDEX ticket_by_parent ON ticket (parent, ticket_id) WHERE parent IS NOT NULL;
ALTER TABLE task ADD COLUMN origin text NOT NULL DEFAULT 'ticket';
ALTER TABLE task ADD COLUMN ask_amount bigint;
ALTER TABLE task ADD COLUMN ask_unit text;
ALTER TABLE task ADD COLUMN granted text[] NOT NULL DEFAULT '{}';
ALTER TABLE task ADD COLUMN rating bigint;
ALTER TABLE task ADD COLUMN rating_back bigint;
ALTER TABLE task DROP COLUMN extensions;
ALTER TABLE task ALTER COLUMN origin DROP DEFAULT;
ALTER TABLE task ALTER COLUMN granted DROP DEFAULT;
-- Recalculation after a calendar has changed.
CREATE INDEX task_open_by_calendar ON task (calendar, ticket_id)
    WHERE state IN ('assigned', 'signed', 'replied', 'return_requested');
CREATE INDEX task_asked ON task (ticket_id) WHERE ask_amount IS NOT NULL;
-- The ledger of pauses, append-only: a row where one begins and a row where it ends. `seq` is that of
-- the event.
CREATE TABLE pause (
    ticket_id bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    begins boolean NOT NULL,
    reason text,
    CONSTRAINT pause_key PRIMARY KEY (ticket_id, seq)
);
ALTER TABLE pause ADD CONSTRAINT pause_ticket FOREIGN KEY (ticket_id) REFERENCES ticket (ticket_id);
