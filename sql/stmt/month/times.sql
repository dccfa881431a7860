-- Handling times of a published month ($2) within the caller's areas ($1) by group ($3) and of all
-- together (no code), of tickets that stand ($4) so to the rates; each area's from the narrowest
-- publication.
SELECT code, count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes),
       percentile_disc(0.9) WITHIN GROUP (ORDER BY minutes)
FROM (SELECT minutes, CASE $3::text WHEN 'unit' THEN holder WHEN 'street' THEN left(month_time.area, 9)
                                    ELSE category END AS code
      FROM month_time
           JOIN (SELECT DISTINCT ON (scope.area) scope.area, month.root
                 FROM unnest($1::text[]) AS scope (area)
                      JOIN month ON month.month = $2 AND starts_with(scope.area, month.root)
                 ORDER BY scope.area, length(month.root) DESC) AS told
           ON told.root = month_time.root AND starts_with(month_time.area, told.area)
      WHERE month_time.month = $2 AND status = ANY ($4::text[])) AS handled
GROUP BY GROUPING SETS ((code), ())
ORDER BY code
