-- New deliveries. A unit's digest of the same hour takes further items; one that was sent is sent again.
INSERT INTO delivery (webhook_id, delivery_id, line, seq, kind, urgency, no, area, at, items, state, tries,
                      made_at, ended_at)
SELECT webhook_id, delivery_id, line, seq, kind, urgency, no, area, at, items, state, 0, made_at, ended_at
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[],
            $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::timestamptz[],
            $13::timestamptz[])
     AS new (webhook_id, delivery_id, line, seq, kind, urgency, no, area, at, items, state, made_at,
             ended_at)
ON CONFLICT (webhook_id, line, seq) DO UPDATE
SET items = delivery.items || E'\n' || excluded.items, state = excluded.state,
    ended_at = excluded.ended_at
