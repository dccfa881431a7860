-- New and changed tasks. A claim that came since they were loaded ($37 differs) keeps its row unsaved.
INSERT INTO task (ticket_id, task, role, round, state, prior, unit, org, seen_by, level, urgency,
                  category, area, dispatched_at, arrived_at, sign_due, contact_due, resolve_due,
                  sign_met, contact_met, resolve_met, due, overdue, provisional, policy,
                  policy_version, calendar, calendar_version, fired, next_at, resource, designated,
                  public_answer, proposed_unit, asked_key, asked_org, claim_no, claim, claim_key,
                  lease_until, version, ask_amount, ask_unit, granted, rating, rating_back, origin)
SELECT ticket_id, task, role, round, state, prior, unit, org, string_to_array(seen_by, ' '), level,
       urgency, category, area, dispatched_at, arrived_at, sign_due, contact_due, resolve_due,
       sign_met, contact_met, resolve_met, due, overdue, provisional, policy, policy_version,
       calendar, calendar_version, fired, next_at, resource, designated, public_answer, proposed_unit,
       asked_key, asked_org, claim_no, claim, claim_key, lease_until, version, ask_amount, ask_unit,
       string_to_array(granted, ' '), rating, rating_back, origin
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[],
            $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[],
            $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::timestamptz[],
            $22::timestamptz[], $23::bigint[], $24::boolean[], $25::text[], $26::bigint[],
            $27::text[], $28::bigint[], $29::bigint[], $30::timestamptz[], $31::text[],
            $32::boolean[], $33::text[], $34::text[], $35::bigint[], $36::text[], $37::bigint[],
            $38::text[], $39::bigint[], $40::timestamptz[], $41::bigint[], $42::bigint[],
            $43::text[], $44::text[], $45::bigint[], $46::bigint[], $47::text[])
     AS new (ticket_id, task, role, round, state, prior, unit, org, seen_by, level, urgency, category,
             area, dispatched_at, arrived_at, sign_due, contact_due, resolve_due, sign_met,
             contact_met, resolve_met, due, overdue, provisional, policy, policy_version, calendar,
             calendar_version, fired, next_at, resource, designated, public_answer, proposed_unit,
             asked_key, asked_org, claim_no, claim, claim_key, lease_until, version, ask_amount,
             ask_unit, granted, rating, rating_back, origin)
ON CONFLICT (ticket_id, task) DO UPDATE
SET role = EXCLUDED.role, state = EXCLUDED.state, prior = EXCLUDED.prior, unit = EXCLUDED.unit, org = EXCLUDED.org,
    seen_by = EXCLUDED.seen_by, level = EXCLUDED.level, category = EXCLUDED.category,
    area = EXCLUDED.area, arrived_at = EXCLUDED.arrived_at, sign_due = EXCLUDED.sign_due,
    contact_due = EXCLUDED.contact_due, resolve_due = EXCLUDED.resolve_due,
    sign_met = EXCLUDED.sign_met, contact_met = EXCLUDED.contact_met,
    resolve_met = EXCLUDED.resolve_met, due = EXCLUDED.due, overdue = EXCLUDED.overdue,
    provisional = EXCLUDED.provisional, fired = EXCLUDED.fired, next_at = EXCLUDED.next_at,
    resource = EXCLUDED.resource, designated = EXCLUDED.designated,
    public_answer = EXCLUDED.public_answer,
    proposed_unit = EXCLUDED.proposed_unit, asked_key = EXCLUDED.asked_key,
    asked_org = EXCLUDED.asked_org, claim = EXCLUDED.claim, claim_key = EXCLUDED.claim_key,
    lease_until = EXCLUDED.lease_until, version = EXCLUDED.version,
    calendar_version = EXCLUDED.calendar_version, ask_amount = EXCLUDED.ask_amount,
    ask_unit = EXCLUDED.ask_unit, granted = EXCLUDED.granted, rating = EXCLUDED.rating,
    rating_back = EXCLUDED.rating_back
WHERE task.claim_no = EXCLUDED.claim_no
RETURNING ticket_id, task
