-- What is taken now of limited resources, for the matching in memory.
SELECT resource, taken FROM capacity WHERE capacity IS NOT NULL AND taken <> 0
