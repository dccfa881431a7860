-- What is taken now of what is limited, for the matching in memory.
SELECT resource, taken FROM capacity WHERE taken <> 0 AND capacity IS NOT NULL
