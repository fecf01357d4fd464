UPDATE projects
SET name = :name, origins = :origins, content = :content, tags = :tags, forms = :forms, commands = :commands,
    attachment_days = :attachment_days, attachment_key = :attachment_key,
    attachment_key_since = :attachment_key_since, redact_patterns = :redact_patterns, privacy = :privacy, inbox = :inbox, tracker = :tracker
WHERE id = :id
