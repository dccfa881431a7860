-- The publication of a month ($2) that tells of each of the caller's areas ($1): the narrowest.
SELECT DISTINCT ON (scope.area) scope.area, month.root, month.published_at, month.ticket, month.seq,
       month.rules
FROM unnest($1::text[]) AS scope (area)
     JOIN month ON month.month = $2 AND starts_with(scope.area, month.root)
ORDER BY scope.area, length(month.root) DESC
