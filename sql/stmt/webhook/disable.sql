-- Ends the use of those in $1, whose receiver wants no more, with $2 as the reason; and of those in $3 that
-- have only failed since $4 or earlier, with $5.
UPDATE webhook
SET state = 'disabled', version = version + 1,
    reason = CASE WHEN webhook_id = ANY ($1::bigint[]) THEN $2 ELSE $5 END
WHERE state = 'active'
  AND (webhook_id = ANY ($1::bigint[]) OR webhook_id = ANY ($3::bigint[]) AND failing_since <= $4)
RETURNING webhook_id
