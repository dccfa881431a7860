-- Sums within the caller's areas ($1) by kind ($2), over periods ($3); $4: of one unit or category
-- alone, with $5 of those below it too. The last event in them stands in each row.
SELECT place.ticket, place.seq, sums.code, sums.status,
       sums.tickets, sums.contact_clocks, sums.contacted, sums.contacted_by_reply, sums.solved,
       sums.unsolved, sums.satisfied_very, sums.satisfied_yes, sums.satisfied_basic,
       sums.satisfied_no, sums.rehandled, sums.sign_clocks, sums.signed_on_time, sums.reply_clocks,
       sums.replied_on_time, sums.dispatched, sums.returned
FROM tally_place AS place
     LEFT JOIN (
      SELECT code, status,
             sum(tickets)::bigint AS tickets, sum(contact_clocks)::bigint AS contact_clocks,
             sum(contacted)::bigint AS contacted,
             sum(contacted_by_reply)::bigint AS contacted_by_reply, sum(solved)::bigint AS solved,
             sum(unsolved)::bigint AS unsolved, sum(satisfied_very)::bigint AS satisfied_very,
             sum(satisfied_yes)::bigint AS satisfied_yes,
             sum(satisfied_basic)::bigint AS satisfied_basic,
             sum(satisfied_no)::bigint AS satisfied_no, sum(rehandled)::bigint AS rehandled,
             sum(sign_clocks)::bigint AS sign_clocks, sum(signed_on_time)::bigint AS signed_on_time,
             sum(reply_clocks)::bigint AS reply_clocks,
             sum(replied_on_time)::bigint AS replied_on_time, sum(dispatched)::bigint AS dispatched,
             sum(returned)::bigint AS returned
      FROM tally
      WHERE EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
                    WHERE starts_with(tally.area, scope.area))
        AND kind = $2 AND period = ANY ($3::text[])
        AND ($4::text IS NULL OR code = $4 OR ($5::boolean AND starts_with(code, $4 || '.')))
      GROUP BY code, status) AS sums ON true
WHERE place.name = 'feed'
