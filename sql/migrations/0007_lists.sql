-- Whom a published need or project is offered to: these units first, from an instant on to all.
CREATE TABLE offer (
    ticket_id bigint NOT NULL,
    open_at timestamptz NOT NULL,
    paired text[] NOT NULL,
    CONSTRAINT offer_key PRIMARY KEY (ticket_id)
);
ALTER TABLE offer ADD CONSTRAINT offer_ticket FOREIGN KEY (ticket_id) REFERENCES ticket (ticket_id);
