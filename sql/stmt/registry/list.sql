-- A page of a kind in order of code, with the filters that apply to it.
SELECT code, version, body FROM registry
WHERE kind = $1 AND code > $2
  AND ($3::text IS NULL OR status = $3)
  AND ($4::text[] IS NULL OR code = ANY ($4))
ORDER BY code
LIMIT $5
