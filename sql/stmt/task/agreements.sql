-- What units did under agreements, among the tasks of a scope of areas ($1). A line ($2 to $8) is an
-- agreement's place, its unit, an area and a category ('': all) that it is for, or one of its resources,
-- and the time in which the task came to the unit. A row per agreement and resource.
SELECT item, resource, count(*),
       count(*) FILTER (WHERE state IN ('assigned', 'signed', 'return_requested', 'replied')),
       count(*) FILTER (WHERE state = 'completed'), count(*) FILTER (WHERE state = 'returned'),
       count(*) FILTER (WHERE state = 'withdrawn'),
       count(*) FILTER (WHERE state = 'completed' AND resolve_due IS NOT NULL),
       count(*) FILTER (WHERE state = 'completed' AND resolve_met <= resolve_due),
       count(rating), coalesce(sum(rating), 0)::bigint, count(rating_back),
       coalesce(sum(rating_back), 0)::bigint
FROM (SELECT DISTINCT line.item, task.ticket_id, task.task, task.resource, task.state,
             task.resolve_due, task.resolve_met, task.rating, task.rating_back
      FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
                  $8::timestamptz[]) AS line (item, unit, area, category, resource, since, until)
           JOIN task ON task.unit = line.unit
      WHERE task.arrived_at >= line.since AND task.arrived_at < line.until
        AND (task.resource = line.resource
             OR (starts_with(task.area, line.area)
                 AND (line.category = '' OR task.category = line.category
                      OR starts_with(task.category, line.category || '.'))))
        AND EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
                    WHERE starts_with(task.area, scope.area))) AS done
GROUP BY item, resource
ORDER BY item, resource
