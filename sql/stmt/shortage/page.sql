-- A page of unmet needs by category and area within a scope of areas, in that order: counts may change
-- between pages, this order does not. Behind (category, area, need) = ($6, $7, $8).
SELECT category, area, need, count(*), min(at), max(at)
FROM shortage
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS scope (area) WHERE starts_with(shortage.area, scope.area))
  AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3)
  AND ($4::text IS NULL OR category = $4 OR starts_with(category, $4 || '.'))
  AND ($5::text IS NULL OR starts_with(area, $5))
  AND (category, area, need) > ($6, $7, $8)
GROUP BY category, area, need
ORDER BY category, area, need
LIMIT $9
