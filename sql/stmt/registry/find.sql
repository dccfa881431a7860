-- Rows of a kind by code. A join, since a search through a long array would be a comparison of every
-- row with every code wherever the plan was made before the table had grown.
SELECT registry.code, version, status, body
FROM unnest($2::text[]) AS wanted (code)
    JOIN registry ON registry.kind = $1 AND registry.code = wanted.code
