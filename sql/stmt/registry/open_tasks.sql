-- Which rows of a kind ($1) among these ($2) open tasks name. Only the arm of the kind is run.
SELECT code FROM (
    SELECT unit AS code, state FROM task WHERE $1::text = 'units' AND unit = ANY ($2::text[])
    UNION ALL
    SELECT org, state FROM task WHERE $1 = 'orgs' AND org = ANY ($2)
    UNION ALL
    SELECT resource, state FROM task WHERE $1 = 'resources' AND resource = ANY ($2)
    UNION ALL
    SELECT category, state FROM task WHERE $1 = 'categories' AND category = ANY ($2)
    UNION ALL
    SELECT area, state FROM task WHERE $1 = 'areas' AND area = ANY ($2)
    UNION ALL
    SELECT policy, state FROM task WHERE $1 = 'policies' AND policy = ANY ($2)
    UNION ALL
    SELECT calendar, state FROM task WHERE $1 = 'calendars' AND calendar = ANY ($2)
) AS named
WHERE state IN ('assigned', 'signed', 'replied', 'return_requested')
GROUP BY code
