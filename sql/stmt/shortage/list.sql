-- A page of unmet needs by category and area within a scope of areas, the most first. Behind (count,
-- category, area, need) = (-$6, $7, $8, $9); with $3 as it was for the pages before no count grows.
SELECT category, area, need, count(*), min(at), max(at)
FROM shortage
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS scope (area) WHERE starts_with(shortage.area, scope.area))
  AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3)
  AND ($4::text IS NULL OR category = $4 OR starts_with(category, $4 || '.'))
  AND ($5::text IS NULL OR starts_with(area, $5))
GROUP BY category, area, need
HAVING (-count(*), category, area, need) > ($6, $7, $8, $9)
ORDER BY -count(*), category, area, need
LIMIT $10
