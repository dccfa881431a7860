-- Leases lines whose head may be sent at $4: of the webhooks $1 at most $2 each, of at least the urgency $3,
-- $7 in all; until $5 under the number $6.
UPDATE line SET next_at = $5, lease = $6
FROM (SELECT free.webhook_id, free.line
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS want (webhook_id, room, urgency),
           LATERAL (SELECT webhook_id, line
                    FROM line
                    WHERE line.webhook_id = want.webhook_id AND line.next_at <= $4
                      AND line.urgency >= want.urgency
                    ORDER BY line.next_at
                    LIMIT want.room
                    FOR UPDATE SKIP LOCKED) AS free
      LIMIT $7) AS taken
WHERE line.webhook_id = taken.webhook_id AND line.line = taken.line
RETURNING line.webhook_id, line.line
