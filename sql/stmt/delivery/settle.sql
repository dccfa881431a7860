-- What became of these.
UPDATE delivery SET state = new.state, tries = new.tries, ended_at = new.ended_at
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::timestamptz[])
     AS new (webhook_id, delivery_id, state, tries, ended_at)
WHERE delivery.webhook_id = new.webhook_id AND delivery.delivery_id = new.delivery_id
  AND delivery.state = 'waiting'
