-- Drops old answers, a bounded number at a time.
DELETE FROM idempotency
WHERE key IN (SELECT key FROM idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000)
