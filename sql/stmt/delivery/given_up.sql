-- A page of what could not be delivered, newest first, behind ($2, $3), in the areas of the caller's scope
-- ($1); $4 of them. Test calls are not listed.
SELECT webhook_id, delivery_id, line, seq, kind, no, area, at, state, tries, made_at, ended_at
FROM delivery
WHERE state = 'given_up' AND (delivery_id, webhook_id) < ($2, $3) AND kind <> 'test'
  AND EXISTS (SELECT FROM unnest($1::text[]) AS scope (area) WHERE starts_with(delivery.area, scope.area))
ORDER BY delivery_id DESC, webhook_id DESC
LIMIT $4
