-- Rows changed after a revision: present versions, and all versions of the rules that tasks keep.
SELECT kind, code, version, revision, body FROM registry WHERE revision > $1
UNION ALL
SELECT kind, code, version, revision, body FROM registry_version
WHERE revision > $1 AND kind IN ('policies', 'calendars')
  AND NOT EXISTS (SELECT FROM registry
                  WHERE registry.kind = registry_version.kind
                    AND registry.code = registry_version.code
                    AND registry.version = registry_version.version)
