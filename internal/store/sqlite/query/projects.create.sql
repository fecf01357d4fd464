INSERT INTO projects (id, name, origins, content, tags, forms, commands, attachment_days, redact_patterns, privacy, created_at)
VALUES (:id, :name, :origins, :content, :tags, :forms, :commands, :attachment_days, :redact_patterns, :privacy, :created_at);
