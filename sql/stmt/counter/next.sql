-- Counts one up.
UPDATE counter SET value = value + 1 WHERE name = $1 RETURNING value
