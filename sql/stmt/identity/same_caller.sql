-- Earlier tickets of the callers of tickets that arrive ($1 says which), the newest from an id on,
-- within the areas of the key that asks: all below $5, and where that is not all, in one of $6. None
-- whose caller is to stay unknown.
SELECT asked.place, found.ticket_id, found.no
FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
     AS asked (place, phone_hash, since, at_most, above, areas)
     CROSS JOIN LATERAL (
         SELECT identity.ticket_id, ticket.no
         FROM identity JOIN ticket USING (ticket_id)
         WHERE identity.phone_hash = asked.phone_hash AND identity.ticket_id >= asked.since
           AND NOT ticket.secret AND ticket.kind <> 'report' AND starts_with(ticket.area, asked.above)
           AND (asked.areas IS NULL
                OR EXISTS (SELECT FROM unnest(string_to_array(asked.areas, ' ')) AS scope (area)
                           WHERE starts_with(ticket.area, scope.area)))
         ORDER BY identity.ticket_id DESC
         LIMIT asked.at_most) AS found
