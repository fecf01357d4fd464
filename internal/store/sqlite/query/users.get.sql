SELECT id, name, role, password, created_at FROM users WHERE id = :id
