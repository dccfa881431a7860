-- Open clocks that are due by $1, the longest overdue first, within the caller's areas ($2). Filters:
-- stage, area, org, unit, category. Behind (due, ticket, task, stage) = ($8, $9, $10, $11). From $13 on:
-- for the list of what is due soon; $14: stages of whistles, or of all others.
SELECT late.ticket_id, late.task, ticket.no, late.unit, late.org, late.stage, late.due, late.level,
       late.category, late.area, ticket.title, ticket.origin
FROM (SELECT ticket_id, task, unit, org, level, category, area, 0::bigint AS stage, sign_due AS due
      FROM task
      WHERE sign_met IS NULL AND sign_due IS NOT NULL AND sign_due < $1 AND sign_due >= $13
        AND state IN ('assigned', 'signed', 'return_requested')
      UNION ALL
      SELECT ticket_id, task, unit, org, level, category, area, 1::bigint, contact_due
      FROM task
      WHERE contact_met IS NULL AND contact_due IS NOT NULL AND contact_due < $1
        AND contact_due >= $13 AND state IN ('assigned', 'signed', 'return_requested')
      UNION ALL
      SELECT ticket_id, task, unit, org, level, category, area, 2::bigint, resolve_due
      FROM task
      WHERE resolve_met IS NULL AND resolve_due IS NOT NULL AND resolve_due < $1
        AND resolve_due >= $13 AND state IN ('assigned', 'signed', 'return_requested')) AS late
     JOIN ticket USING (ticket_id)
WHERE EXISTS (SELECT FROM unnest($2::text[]) AS scope (area) WHERE starts_with(late.area, scope.area))
  AND ($3::bigint IS NULL OR late.stage = $3)
  AND ($4::text IS NULL OR starts_with(late.area, $4))
  AND ($5::text IS NULL OR late.org = $5)
  AND ($6::text IS NULL OR late.unit = $6)
  AND ($7::text IS NULL OR late.category = $7 OR starts_with(late.category, $7 || '.'))
  AND ($14::boolean IS NULL OR (ticket.origin = 'whistle') = $14)
  AND (late.due, late.ticket_id, late.task, late.stage) > ($8, $9, $10, $11)
ORDER BY late.due, late.ticket_id, late.task, late.stage
LIMIT $12
