-- Adds to units' records; every unit at most once in a call.
INSERT INTO unit_record (unit, handled, on_time, rated, rating_sum)
SELECT unit, handled, on_time, rated, rating_sum
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::double precision[])
     AS new (unit, handled, on_time, rated, rating_sum)
ON CONFLICT (unit) DO UPDATE
SET handled = unit_record.handled + EXCLUDED.handled,
    on_time = unit_record.on_time + EXCLUDED.on_time,
    rated = unit_record.rated + EXCLUDED.rated,
    rating_sum = unit_record.rating_sum + EXCLUDED.rating_sum
