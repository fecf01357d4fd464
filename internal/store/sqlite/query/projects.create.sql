INSERT INTO projects (id, name, origins, content, tags, forms, commands, attachment_days, redact_patterns, created_at)
VALUES (:id, :name, :origins, :content, :tags, :forms, :commands, :attachment_days, :redact_patterns, :created_at);
