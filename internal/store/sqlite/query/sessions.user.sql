SELECT s.id, s.hash, s.user_id, s.method, s.browser, s.system, s.begun_at, s.used_at, s.expires_at,
    u.id, u.name, u.role, u.password, u.created_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.hash = :hash AND s.expires_at > :now
