UPDATE projects
SET name = :name, origins = :origins, content = :content, tags = :tags, commands = :commands
WHERE id = :id;
