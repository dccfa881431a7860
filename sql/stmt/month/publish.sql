-- Keeps the sums of a month ($1) and the handling times of its days ($7 to $8) of areas ($2) as they
-- are, unless that was done, or events of before its end ($6) are not in them yet.
WITH head AS (
    INSERT INTO month (month, root, published_at, published_by, ticket, seq, rules)
    SELECT $1::text, roots.root, $3::timestamptz, $4::bigint, place.ticket, place.seq, $5::text
    FROM unnest($2::text[]) AS roots (root), tally_place AS place
    WHERE place.name = 'feed'
      AND NOT EXISTS (SELECT FROM event
                      WHERE (event.position, event.ticket_id, event.seq)
                            > (place.position, place.ticket, place.seq)
                        AND event.at < $6)
    ON CONFLICT (month, root) DO NOTHING
    RETURNING root, published_at, ticket, seq),
rows AS (
    INSERT INTO month_tally (month, root, kind, area, code, status,
                             tickets, contact_clocks, contacted, contacted_by_reply, solved,
                             unsolved, satisfied_very, satisfied_yes, satisfied_basic, satisfied_no,
                             rehandled, sign_clocks, signed_on_time, reply_clocks, replied_on_time,
                             dispatched, returned)
    SELECT $1::text, head.root, kind, area, code, status,
           tickets, contact_clocks, contacted, contacted_by_reply, solved, unsolved, satisfied_very,
           satisfied_yes, satisfied_basic, satisfied_no, rehandled, sign_clocks, signed_on_time,
           reply_clocks, replied_on_time, dispatched, returned
    FROM head JOIN tally ON starts_with(tally.area, head.root)
    WHERE period = $1::text
    ON CONFLICT (month, root, kind, area, code, status) DO NOTHING),
times AS (
    INSERT INTO month_time (ticket_id, month, root, holder, area, category, status, minutes)
    SELECT ticket_id, $1::text, head.root, holder, area, category, status, minutes
    FROM head JOIN tally_ticket ON starts_with(tally_ticket.area, head.root)
    WHERE day >= $7::text::date AND day < $8::text::date AND last AND minutes IS NOT NULL
    ON CONFLICT (ticket_id, month, root) DO NOTHING)
SELECT root, published_at, ticket, seq FROM head
