-- What these tickets add by now.
SELECT ticket_id, holder, last, day::text, area, category, status, coalesce(minutes, -1),
       tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved, satisfied_very,
       satisfied_yes, satisfied_basic, satisfied_no, rehandled, sign_clocks, signed_on_time,
       reply_clocks, replied_on_time, dispatched, returned
FROM tally_ticket
WHERE ticket_id = ANY ($1::bigint[])
ORDER BY ticket_id, last DESC, holder
