-- Rows of a kind by code.
SELECT code, version, status, body FROM registry WHERE kind = $1 AND code = ANY ($2::text[])
