-- The revisions of registry and keys.
SELECT (SELECT value FROM counter WHERE name = 'registry'), (SELECT value FROM counter WHERE name = 'keys')
