-- The first tickets with these external numbers.
SELECT source, external_no, no
FROM external_number
WHERE (source, external_no) IN (SELECT * FROM unnest($1::text[], $2::text[]))
