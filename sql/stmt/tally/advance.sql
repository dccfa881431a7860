-- On to another event ($5, $6, $7), if nobody else went on from this one.
UPDATE tally_place SET position = $5, ticket = $6, seq = $7
WHERE name = $1 AND position = $2 AND ticket = $3 AND seq = $4
