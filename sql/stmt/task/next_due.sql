-- The earliest step of all.
SELECT next_at FROM task WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1
