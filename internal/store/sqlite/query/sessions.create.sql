INSERT INTO sessions (hash, user_id, expires_at) VALUES (:hash, :user, :expires_at);
