-- How far the feed is settled: every event at a position below it has committed, or never will.
-- Transactions of other databases in the cluster do not hold it back. $1: the offset.
SELECT coalesce((SELECT min(running.xid::text::bigint)
                 FROM pg_snapshot_xip(present.snapshot) AS running (xid)
                 WHERE NOT EXISTS (SELECT FROM pg_stat_activity AS other
                                   WHERE other.backend_xid = running.xid::xid
                                     AND other.datname <> current_database())),
                pg_snapshot_xmax(present.snapshot)::text::bigint) + $1::bigint
FROM pg_current_snapshot() AS present (snapshot)
