-- Kept answers that repeat texts of erased tickets.
DELETE FROM idempotency WHERE tickets IS NOT NULL AND tickets && $1::bigint[]
