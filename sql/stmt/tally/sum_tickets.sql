-- As sum.sql, from the tickets of [$3, $4) one by one: by unit ($5) and category ($6) in any group.
SELECT place.ticket, place.seq, sums.code, sums.status,
       sums.tickets, sums.contact_clocks, sums.contacted, sums.contacted_by_reply, sums.solved,
       sums.unsolved, sums.satisfied_very, sums.satisfied_yes, sums.satisfied_basic,
       sums.satisfied_no, sums.rehandled, sums.sign_clocks, sums.signed_on_time, sums.reply_clocks,
       sums.replied_on_time, sums.dispatched, sums.returned
FROM tally_place AS place
     LEFT JOIN (
      SELECT CASE $2::text WHEN 'unit' THEN holder WHEN 'street' THEN left(area, 9)
                           ELSE category END AS code, status,
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
      FROM tally_ticket
      WHERE EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
                    WHERE starts_with(tally_ticket.area, scope.area))
        AND day >= $3::text::date AND day < $4::text::date
        AND ($5::text IS NULL OR holder = $5)
        AND ($6::text IS NULL OR category = $6 OR starts_with(category, $6 || '.'))
      GROUP BY 1, 2) AS sums ON true
WHERE place.name = 'feed'
