-- One sweeper at a time; saves work only. Falls with the transaction.
SELECT pg_try_advisory_xact_lock(1234500, hashtext(current_schema()))
