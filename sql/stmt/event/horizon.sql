-- How far the feed is settled: every event at a position below it has committed. $1: the offset.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + $1::bigint
