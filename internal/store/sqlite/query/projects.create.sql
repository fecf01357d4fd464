INSERT INTO projects (id, name, origins, content, tags, forms, commands, attachment_days, created_at)
VALUES (:id, :name, :origins, :content, :tags, :forms, :commands, :attachment_days, :created_at);
