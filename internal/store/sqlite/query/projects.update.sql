UPDATE projects
SET name = :name, origins = :origins, content = :content, tags = :tags, forms = :forms, commands = :commands
WHERE id = :id;
