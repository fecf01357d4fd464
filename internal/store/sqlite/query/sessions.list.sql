SELECT id, hash, user_id, method, browser, system, begun_at, used_at, expires_at
FROM sessions
WHERE expires_at > :now AND (:user = '' OR user_id = :user)
ORDER BY used_at DESC, begun_at DESC, id
