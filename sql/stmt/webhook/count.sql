-- How many there are.
SELECT count(*) FROM webhook WHERE state <> 'deleted'
