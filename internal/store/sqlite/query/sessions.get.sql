SELECT id, hash, user_id, method, browser, system, begun_at, used_at, expires_at
FROM sessions
WHERE id = :id AND expires_at > :now
