-- A published month's ($2) sums within the caller's areas ($1) by kind ($3), each area's from the
-- narrowest publication.
SELECT code, status,
       sum(tickets)::bigint, sum(contact_clocks)::bigint, sum(contacted)::bigint,
       sum(contacted_by_reply)::bigint, sum(solved)::bigint, sum(unsolved)::bigint,
       sum(satisfied_very)::bigint, sum(satisfied_yes)::bigint, sum(satisfied_basic)::bigint,
       sum(satisfied_no)::bigint, sum(rehandled)::bigint, sum(sign_clocks)::bigint,
       sum(signed_on_time)::bigint, sum(reply_clocks)::bigint, sum(replied_on_time)::bigint,
       sum(dispatched)::bigint, sum(returned)::bigint
FROM month_tally
     JOIN (SELECT DISTINCT ON (scope.area) scope.area, month.root
           FROM unnest($1::text[]) AS scope (area)
                JOIN month ON month.month = $2 AND starts_with(scope.area, month.root)
           ORDER BY scope.area, length(month.root) DESC) AS told
     ON told.root = month_tally.root AND starts_with(month_tally.area, told.area)
WHERE month_tally.month = $2 AND kind = $3
GROUP BY code, status
