-- When the heads of these lines are tried again.
UPDATE line SET next_at = new.next_at, lease = 0
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS new (webhook_id, line, next_at)
WHERE line.webhook_id = new.webhook_id AND line.line = new.line
