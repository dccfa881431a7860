-- What is taken now, for the matching in memory.
SELECT resource, taken FROM capacity WHERE taken <> 0
