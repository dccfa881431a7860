-- A block of $3 serial numbers for a district's day; answers the first one behind it.
INSERT INTO serial_block (district, day, next)
VALUES ($1, $2, $3::bigint + 1)
ON CONFLICT (district, day) DO UPDATE SET next = serial_block.next + $3::bigint
RETURNING next
