-- A page of tasks, newest first, within the caller's scope: areas ($1) or units, orgs ($2, $3) without
-- barred ones ($4). Filters: unit, org, states or ($13) an open request to extend, area, category.
-- Behind ($10, $11).
SELECT task.ticket_id, task.task
FROM task JOIN ticket USING (ticket_id)
WHERE (EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
               WHERE starts_with(task.area, scope.area))
       OR task.unit = ANY ($2::text[]) OR task.org = ANY ($3::text[]) OR task.seen_by && $3::text[])
  AND NOT ticket.barred && $4::text[]
  AND ($5::text IS NULL OR task.unit = $5)
  AND ($6::text IS NULL OR task.org = $6 OR task.seen_by @> ARRAY[$6])
  AND ($7::text[] IS NULL OR task.state = ANY ($7) OR ($13::boolean AND ask_amount IS NOT NULL))
  AND ($8::text IS NULL OR starts_with(task.area, $8))
  AND ($9::text IS NULL OR task.category = $9 OR starts_with(task.category, $9 || '.'))
  AND (task.ticket_id, task.task) < ($10, $11)
ORDER BY task.ticket_id DESC, task.task DESC
LIMIT $12
