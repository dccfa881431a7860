-- What tickets add from now on, a row per holder.
INSERT INTO tally_ticket (ticket_id, holder, last, day, area, category, status, minutes,
                          tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved,
                          satisfied_very, satisfied_yes, satisfied_basic, satisfied_no, rehandled,
                          sign_clocks, signed_on_time, reply_clocks, replied_on_time, dispatched,
                          returned)
SELECT ticket_id, holder, last, day::date, area, category, status, nullif(minutes, -1),
       tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved, satisfied_very,
       satisfied_yes, satisfied_basic, satisfied_no, rehandled, sign_clocks, signed_on_time,
       reply_clocks, replied_on_time, dispatched, returned
FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
            $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
            $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[],
            $24::bigint[], $25::bigint[])
     AS new (ticket_id, holder, last, day, area, category, status, minutes,
             tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved,
             satisfied_very, satisfied_yes, satisfied_basic, satisfied_no, rehandled, sign_clocks,
             signed_on_time, reply_clocks, replied_on_time, dispatched, returned)
ON CONFLICT (ticket_id, holder) DO UPDATE SET
    last = excluded.last, day = excluded.day, area = excluded.area, category = excluded.category,
    status = excluded.status, minutes = excluded.minutes, tickets = excluded.tickets,
    contact_clocks = excluded.contact_clocks, contacted = excluded.contacted,
    contacted_by_reply = excluded.contacted_by_reply, solved = excluded.solved,
    unsolved = excluded.unsolved, satisfied_very = excluded.satisfied_very,
    satisfied_yes = excluded.satisfied_yes, satisfied_basic = excluded.satisfied_basic,
    satisfied_no = excluded.satisfied_no, rehandled = excluded.rehandled,
    sign_clocks = excluded.sign_clocks, signed_on_time = excluded.signed_on_time,
    reply_clocks = excluded.reply_clocks, replied_on_time = excluded.replied_on_time,
    dispatched = excluded.dispatched, returned = excluded.returned
