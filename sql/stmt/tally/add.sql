-- More, or less, in the sums. Sorted by key, so that two who add do not wait for each other.
INSERT INTO tally (kind, period, area, code, status,
                   tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved,
                   satisfied_very, satisfied_yes, satisfied_basic, satisfied_no, rehandled,
                   sign_clocks, signed_on_time, reply_clocks, replied_on_time, dispatched, returned)
SELECT kind, period, area, code, status,
       tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved, satisfied_very,
       satisfied_yes, satisfied_basic, satisfied_no, rehandled, sign_clocks, signed_on_time,
       reply_clocks, replied_on_time, dispatched, returned
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
            $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
            $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
     AS more (kind, period, area, code, status,
              tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved,
              satisfied_very, satisfied_yes, satisfied_basic, satisfied_no, rehandled, sign_clocks,
              signed_on_time, reply_clocks, replied_on_time, dispatched, returned)
ON CONFLICT (kind, period, area, code, status) DO UPDATE SET
    tickets = tally.tickets + excluded.tickets,
    contact_clocks = tally.contact_clocks + excluded.contact_clocks,
    contacted = tally.contacted + excluded.contacted,
    contacted_by_reply = tally.contacted_by_reply + excluded.contacted_by_reply,
    solved = tally.solved + excluded.solved, unsolved = tally.unsolved + excluded.unsolved,
    satisfied_very = tally.satisfied_very + excluded.satisfied_very,
    satisfied_yes = tally.satisfied_yes + excluded.satisfied_yes,
    satisfied_basic = tally.satisfied_basic + excluded.satisfied_basic,
    satisfied_no = tally.satisfied_no + excluded.satisfied_no,
    rehandled = tally.rehandled + excluded.rehandled,
    sign_clocks = tally.sign_clocks + excluded.sign_clocks,
    signed_on_time = tally.signed_on_time + excluded.signed_on_time,
    reply_clocks = tally.reply_clocks + excluded.reply_clocks,
    replied_on_time = tally.replied_on_time + excluded.replied_on_time,
    dispatched = tally.dispatched + excluded.dispatched,
    returned = tally.returned + excluded.returned
