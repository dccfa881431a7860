-- On to another event ($4, $5, $6), if nobody else went on from this one.
UPDATE tally_place SET position = $4, ticket = $5, seq = $6
WHERE name = 'feed' AND position = $1 AND ticket = $2 AND seq = $3
