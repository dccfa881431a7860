-- One who derives notices at a time; saves work only. Falls with the transaction.
SELECT pg_try_advisory_xact_lock(1234503, hashtext(current_schema()))
