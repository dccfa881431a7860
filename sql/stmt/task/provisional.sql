-- Open tasks whose deadlines run into a year without a table of holidays.
SELECT count(*) FROM task
WHERE provisional AND state IN ('assigned', 'signed', 'return_requested')
