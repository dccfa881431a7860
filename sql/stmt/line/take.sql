-- Leases lines whose head may be sent at $4: of the webhooks $1 at most $2 each, of at least the urgency $3,
-- due at $8 or later, $7 in all; until $5 under the number $6. The bound $8 steps over what was just sent
-- and is still in the index; without it each look would walk over that first.
UPDATE line SET next_at = $5, lease = $6
FROM (SELECT free.webhook_id, free.line, free.next_at AS due
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $8::timestamptz[])
               AS want (webhook_id, room, urgency, since),
           LATERAL (SELECT webhook_id, line, next_at
                    FROM line
                    WHERE line.webhook_id = want.webhook_id AND line.next_at <= $4
                      AND line.next_at >= want.since AND line.urgency >= want.urgency
                    ORDER BY line.next_at
                    LIMIT want.room
                    FOR UPDATE SKIP LOCKED) AS free
      LIMIT $7) AS taken
WHERE line.webhook_id = taken.webhook_id AND line.line = taken.line
RETURNING line.webhook_id, line.line, taken.due
