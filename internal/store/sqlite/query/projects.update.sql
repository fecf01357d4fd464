UPDATE projects
SET name = :name, origins = :origins, content = :content, tags = :tags
WHERE id = :id;
