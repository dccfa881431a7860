-- The last event that is in the sums.
SELECT position, ticket, seq FROM tally_place WHERE name = 'feed'
