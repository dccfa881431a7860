-- All units' records, for the matching in memory.
SELECT unit, handled, on_time, rated, rating_sum FROM unit_record
