-- Deliveries of one id that could not be delivered, in the areas of the caller's scope ($1).
SELECT webhook_id, delivery_id
FROM delivery
WHERE state = 'given_up' AND delivery_id = $2
  AND EXISTS (SELECT FROM unnest($1::text[]) AS scope (area) WHERE starts_with(delivery.area, scope.area))
