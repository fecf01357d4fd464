SELECT id, name, role, password, created_at FROM users ORDER BY name, id
