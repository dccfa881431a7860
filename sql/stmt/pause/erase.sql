-- The reasons in the ledger of erased tickets; the pauses stay.
UPDATE pause SET reason = NULL WHERE ticket_id = ANY ($1::bigint[]) AND reason IS NOT NULL
