-- Whistles raised from $2 until before $3 in a scope of areas ($1), by kind, area, org or unit ($4), and
-- what became of their targets; a clock counts as kept or not once it was met or ran out ($5: now).
-- The row without a code is the total.
WITH head AS (
    SELECT ticket_id, source, state, dispatched_at,
           CASE $4 WHEN 'kind' THEN kind WHEN 'area' THEN area WHEN 'org' THEN head_org END AS code
    FROM ticket
    WHERE origin = 'whistle' AND received_at >= $2 AND received_at < $3
      AND EXISTS (SELECT FROM unnest($1::text[]) AS scope (area)
                  WHERE starts_with(ticket.area, scope.area))
), target AS (
    SELECT coalesce(head.code, task.unit) AS code, task.*
    FROM head JOIN task USING (ticket_id)
    UNION ALL
    SELECT NULL, task.* FROM head JOIN task USING (ticket_id)
), called AS (
    SELECT code, count(*) AS targets, count(*) FILTER (WHERE state = 'returned') AS refused,
           count(sign_due) FILTER (WHERE lasts AND (sign_met IS NOT NULL OR sign_due < $5)) AS sign_of,
           count(*) FILTER (WHERE lasts AND sign_met <= sign_due) AS sign_n,
           count(contact_due) FILTER (WHERE lasts AND (contact_met IS NOT NULL OR contact_due < $5))
               AS contact_of,
           count(*) FILTER (WHERE lasts AND contact_met <= contact_due) AS contact_n,
           count(resolve_due) FILTER (WHERE lasts AND (resolve_met IS NOT NULL OR resolve_due < $5))
               AS resolve_of,
           count(*) FILTER (WHERE lasts AND resolve_met <= resolve_due) AS resolve_n,
           count(rating) AS rated, coalesce(sum(rating), 0)::bigint AS rating,
           count(rating_back) AS rated_back, coalesce(sum(rating_back), 0)::bigint AS rating_back
    FROM (SELECT target.*, state NOT IN ('returned', 'withdrawn') AS lasts FROM target) AS target
    GROUP BY code
), whistled AS (
    SELECT own.code, count(*) AS raised, count(*) FILTER (WHERE source IS NULL) AS by_rule,
           count(dispatched_at) AS approved, count(*) FILTER (WHERE state = 'rejected') AS rejected,
           count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
           count(*) FILTER (WHERE state = 'closed') AS closed
    FROM head
         JOIN (SELECT code, ticket_id FROM head WHERE code IS NOT NULL
               UNION SELECT code, ticket_id FROM target
               UNION SELECT NULL, ticket_id FROM head) AS own USING (ticket_id)
    GROUP BY own.code
)
SELECT whistled.code, raised, by_rule, approved, rejected, withdrawn, closed, coalesce(targets, 0),
       coalesce(refused, 0), coalesce(sign_of, 0), coalesce(sign_n, 0), coalesce(contact_of, 0),
       coalesce(contact_n, 0), coalesce(resolve_of, 0), coalesce(resolve_n, 0), coalesce(rated, 0),
       coalesce(rating, 0), coalesce(rated_back, 0), coalesce(rating_back, 0)
FROM whistled LEFT JOIN called ON called.code IS NOT DISTINCT FROM whistled.code
ORDER BY whistled.code NULLS LAST
