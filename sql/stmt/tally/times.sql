-- Handling times within the caller's areas ($1) by group ($2) and of all together (no code): tickets
-- of [$3, $4), of one unit ($5) or category ($6), that stand ($7) so to the rates.
SELECT place.ticket, place.seq, times.code, times.tickets, times.median, times.p90
FROM tally_place AS place
     LEFT JOIN (
      SELECT code, count(*) AS tickets, percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes) AS median,
             percentile_disc(0.9) WITHIN GROUP (ORDER BY minutes) AS p90
      FROM (SELECT minutes, CASE $2::text WHEN 'unit' THEN holder WHEN 'street' THEN left(area, 9)
                                          ELSE category END AS code
            FROM tally_ticket
            WHERE EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
                          WHERE starts_with(tally_ticket.area, scope.area))
              AND day >= $3::text::date AND day < $4::text::date
              AND ($5::text IS NULL OR holder = $5)
              AND ($6::text IS NULL OR category = $6 OR starts_with(category, $6 || '.'))
              AND status = ANY ($7::text[]) AND last AND minutes IS NOT NULL) AS handled
      GROUP BY GROUPING SETS ((code), ())) AS times ON true
WHERE place.name = 'feed'
ORDER BY times.code
