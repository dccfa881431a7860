-- Locks what a batch wants to take, in one order for all, and tells what is left.
SELECT resource, capacity, taken
FROM capacity
WHERE resource = ANY ($1::text[])
ORDER BY resource
FOR UPDATE
