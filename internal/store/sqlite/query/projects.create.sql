INSERT INTO projects (id, name, origins, content, tags, forms, commands, created_at)
VALUES (:id, :name, :origins, :content, :tags, :forms, :commands, :created_at);
