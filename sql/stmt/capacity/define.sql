-- Capacities of registered resources; what is taken stays.
INSERT INTO capacity (resource, capacity, taken)
SELECT resource, capacity, 0 FROM unnest($1::text[], $2::bigint[]) AS new (resource, capacity)
ON CONFLICT (resource) DO UPDATE SET capacity = EXCLUDED.capacity
