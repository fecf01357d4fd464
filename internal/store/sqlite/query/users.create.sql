INSERT INTO users (id, name, role, password, created_at)
VALUES (:id, :name, :role, :password, :created_at)
