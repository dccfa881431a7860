-- Sends again, from the first try on: one delivery ($2) of webhook $1, or all that ended of events from $3
-- until before $4, none of which is older than the id $5.
UPDATE delivery SET state = 'waiting', tries = 0, ended_at = NULL
WHERE webhook_id = $1 AND state <> 'waiting'
  AND (delivery_id = $2 OR at >= $3 AND at < $4 AND delivery_id >= $5)
RETURNING line, urgency
