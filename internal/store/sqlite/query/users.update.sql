UPDATE users SET name = :name, role = :role, password = :password WHERE id = :id;
