-- Whether open tasks name a unit ($1), org ($2), resource ($3), category ($4), area ($5), policy ($6)
-- or calendar ($7).
SELECT EXISTS (
    SELECT FROM task
    WHERE state IN ('assigned', 'signed', 'replied', 'return_requested')
      AND (unit = $1 OR org = $2 OR resource = $3 OR category = $4 OR area = $5 OR policy = $6
           OR calendar = $7))
