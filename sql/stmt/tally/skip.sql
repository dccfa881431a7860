-- Nobody is told of what happened before position $1, since there is no webhook yet.
UPDATE tally_place SET position = $1, ticket = -1, seq = -1
WHERE name = 'notices' AND NOT EXISTS (SELECT FROM webhook WHERE state <> 'deleted')
