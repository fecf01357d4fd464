INSERT INTO entries (hash, user_id, expires_at) VALUES (:hash, :user, :expires_at)
ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
