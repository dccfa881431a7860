-- Lines in which something waits from now on. One that waits already keeps its time; its row is locked, so
-- that whoever ends its head sees what is added.
INSERT INTO line (webhook_id, line, urgency, next_at, lease)
SELECT webhook_id, line, urgency, next_at, 0
FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::timestamptz[])
     AS new (webhook_id, line, urgency, next_at)
ON CONFLICT (webhook_id, line) DO UPDATE
SET urgency = CASE WHEN excluded.urgency > line.urgency THEN excluded.urgency ELSE line.urgency END
