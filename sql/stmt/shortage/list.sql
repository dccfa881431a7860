-- Unmet needs by category and area within a scope of areas.
SELECT category, area, need, count(*), min(at), max(at)
FROM shortage
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS scope (area) WHERE starts_with(shortage.area, scope.area))
  AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3)
  AND ($4::text IS NULL OR category = $4 OR starts_with(category, $4 || '.'))
  AND ($5::text IS NULL OR starts_with(area, $5))
GROUP BY category, area, need
ORDER BY 4 DESC, category, area, need
LIMIT $6
