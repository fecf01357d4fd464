INSERT INTO projects (id, name, origins, content, tags, created_at)
VALUES (:id, :name, :origins, :content, :tags, :created_at);
