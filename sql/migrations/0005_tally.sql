-- Figures of supervision, folded from the events.
-- What each ticket adds: a row per holder of its lead, with all counters in that of the last. A holder
-- is a unit or, while an org has no unit for the task, "@" and the org's code.
CREATE TABLE tally_ticket (
    ticket_id bigint NOT NULL,
    holder text NOT NULL,
    last boolean NOT NULL,
    day date NOT NULL,
    area text NOT NULL,
    category text NOT NULL,
    status text NOT NULL,
    minutes bigint,
    tickets bigint NOT NULL,
    contact_clocks bigint NOT NULL,
    contacted bigint NOT NULL,
    contacted_by_reply bigint NOT NULL,
    solved bigint NOT NULL,
    unsolved bigint NOT NULL,
    satisfied_very bigint NOT NULL,
    satisfied_yes bigint NOT NULL,
    satisfied_basic bigint NOT NULL,
    satisfied_no bigint NOT NULL,
    rehandled bigint NOT NULL,
    sign_clocks bigint NOT NULL,
    signed_on_time bigint NOT NULL,
    reply_clocks bigint NOT NULL,
    replied_on_time bigint NOT NULL,
    dispatched bigint NOT NULL,
    returned bigint NOT NULL,
    CONSTRAINT tally_ticket_key PRIMARY KEY (ticket_id, holder)
);
CREATE INDEX tally_ticket_by_day ON tally_ticket (day);
-- Sums of these, by unit, street or category (kind, code), in days and in months.
CREATE TABLE tally (
    kind text NOT NULL,
    period text NOT NULL,
    area text NOT NULL,
    code text NOT NULL,
    status text NOT NULL,
    tickets bigint NOT NULL,
    contact_clocks bigint NOT NULL,
    contacted bigint NOT NULL,
    contacted_by_reply bigint NOT NULL,
    solved bigint NOT NULL,
    unsolved bigint NOT NULL,
    satisfied_very bigint NOT NULL,
    satisfied_yes bigint NOT NULL,
    satisfied_basic bigint NOT NULL,
    satisfied_no bigint NOT NULL,
    rehandled bigint NOT NULL,
    sign_clocks bigint NOT NULL,
    signed_on_time bigint NOT NULL,
    reply_clocks bigint NOT NULL,
    replied_on_time bigint NOT NULL,
    dispatched bigint NOT NULL,
    returned bigint NOT NULL,
    CONSTRAINT tally_key PRIMARY KEY (kind, period, area, code, status)
);
-- The last event that is in the sums; all before it, in the feed's order, are too.
CREATE TABLE tally_place (
    name text CONSTRAINT tally_place_key PRIMARY KEY,
    position bigint NOT NULL,
    ticket bigint NOT NULL,
    seq bigint NOT NULL
);
INSERT INTO tally_place (name, position, ticket, seq) VALUES ('feed', -1, -1, -1);
-- Months as they were published for an area and all below it, with the rules of that time.
CREATE TABLE month (
    month text NOT NULL,
    root text NOT NULL,
    published_at timestamptz NOT NULL,
    published_by bigint NOT NULL,
    ticket bigint NOT NULL,
    seq bigint NOT NULL,
    rules text NOT NULL,
    CONSTRAINT month_key PRIMARY KEY (month, root)
);
CREATE TABLE month_tally (
    month text NOT NULL,
    root text NOT NULL,
    kind text NOT NULL,
    area text NOT NULL,
    code text NOT NULL,
    status text NOT NULL,
    tickets bigint NOT NULL,
    contact_clocks bigint NOT NULL,
    contacted bigint NOT NULL,
    contacted_by_reply bigint NOT NULL,
    solved bigint NOT NULL,
    unsolved bigint NOT NULL,
    satisfied_very bigint NOT NULL,
    satisfied_yes bigint NOT NULL,
    satisfied_basic bigint NOT NULL,
    satisfied_no bigint NOT NULL,
    rehandled bigint NOT NULL,
    sign_clocks bigint NOT NULL,
    signed_on_time bigint NOT NULL,
    reply_clocks bigint NOT NULL,
    replied_on_time bigint NOT NULL,
    dispatched bigint NOT NULL,
    returned bigint NOT NULL,
    CONSTRAINT month_tally_key PRIMARY KEY (month, root, kind, area, code, status)
);
-- The handling times of that month's tickets, so that medians of any part of it can be told later.
CREATE TABLE month_time (
    ticket_id bigint NOT NULL,
    month text NOT NULL,
    root text NOT NULL,
    holder text NOT NULL,
    area text NOT NULL,
    category text NOT NULL,
    status text NOT NULL,
    minutes bigint NOT NULL,
    CONSTRAINT month_time_key PRIMARY KEY (ticket_id, month, root)
);
CREATE INDEX month_time_by_month ON month_time (month, root);
