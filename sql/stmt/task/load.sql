-- All tasks of tickets by id ($1) or number ($2).
SELECT ticket_id, task, role, round, state, prior, unit, org, seen_by, level, dispatched_at, arrived_at,
       sign_due, contact_due, resolve_due, sign_met, contact_met, resolve_met, overdue, provisional,
       policy, policy_version, calendar, calendar_version, fired, next_at, resource, designated,
       ask_amount, ask_unit, granted, public_answer, proposed_unit, asked_key, asked_org, claim_no, claim, claim_key,
       lease_until, version, rating, rating_back
FROM task
WHERE ticket_id IN (SELECT unnest($1::bigint[])
                    UNION SELECT ticket_id FROM ticket WHERE no = ANY ($2::text[]))
ORDER BY ticket_id, task
