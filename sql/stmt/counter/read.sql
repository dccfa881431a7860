-- The revisions of registry, keys and webhooks.
SELECT (SELECT value FROM counter WHERE name = 'registry'), (SELECT value FROM counter WHERE name = 'keys'),
       (SELECT value FROM counter WHERE name = 'webhooks')
