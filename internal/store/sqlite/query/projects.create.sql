INSERT INTO projects (id, name, origins, content, tags, commands, created_at)
VALUES (:id, :name, :origins, :content, :tags, :commands, :created_at);
