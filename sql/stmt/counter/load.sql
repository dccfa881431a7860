-- All counters: revisions of registry and keys.
SELECT name, value FROM counter
