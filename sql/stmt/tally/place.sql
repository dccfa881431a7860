-- The last event that a reader of the log ($1: feed for the figures, notices) has taken in.
SELECT position, ticket, seq FROM tally_place WHERE name = $1
