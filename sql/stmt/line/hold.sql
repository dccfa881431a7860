-- Which of these lines are still leased under these numbers; locks them, in order.
SELECT webhook_id, line
FROM line
WHERE (webhook_id, line, lease) IN (SELECT webhook_id, line, lease
                                    FROM unnest($1::bigint[], $2::text[], $3::bigint[])
                                         AS sent (webhook_id, line, lease))
ORDER BY webhook_id, line
FOR UPDATE
