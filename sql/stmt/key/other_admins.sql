-- Whether an admin key other than $1 is good at $2.
SELECT EXISTS (
    SELECT FROM api_key
    WHERE role = 'admin' AND key_id <> $1 AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > $2))
