-- The same, locked in one order until the transaction ends.
SELECT code, version, status, body FROM registry
WHERE kind = $1 AND code = ANY ($2::text[])
ORDER BY code FOR UPDATE
