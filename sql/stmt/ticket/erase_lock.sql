-- One instance at a time erases what has been kept long enough; saves work only. Falls with the
-- transaction.
SELECT pg_try_advisory_xact_lock(1234502, hashtext(current_schema()))
