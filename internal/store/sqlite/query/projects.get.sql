SELECT id, name, origins, content, tags, created_at
FROM projects
WHERE id = :id;
