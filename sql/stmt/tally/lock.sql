-- One folder at a time; saves work only. Falls with the transaction.
SELECT pg_try_advisory_xact_lock(1234501, hashtext(current_schema()))
