-- Takes (or gives back, $2 negative); every resource at most once in a call.
UPDATE capacity
SET taken = taken + new.more
FROM unnest($1::text[], $2::bigint[]) AS new (resource, more)
WHERE capacity.resource = new.resource
RETURNING capacity.resource
