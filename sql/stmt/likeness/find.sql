-- What the tickets that arrive may be like: for each spot asked for ($1 says which) the newest tickets
-- from an id on, within the areas of the key that asks (NULL: all of the street), one behind the other.
SELECT asked.place, found.packed
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])
     AS asked (place, spot, since, at_most, areas)
     CROSS JOIN LATERAL (
         SELECT string_agg(newest.packed, '') AS packed
         FROM (SELECT likeness.packed
               FROM likeness
               WHERE likeness.spot = asked.spot AND likeness.ticket_id >= asked.since
                 AND (asked.areas IS NULL
                      OR EXISTS (SELECT FROM unnest(string_to_array(asked.areas, ' ')) AS scope (area)
                                 WHERE starts_with(likeness.area, scope.area)))
               ORDER BY likeness.ticket_id DESC
               LIMIT asked.at_most) AS newest) AS found
WHERE found.packed IS NOT NULL
