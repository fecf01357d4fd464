UPDATE project_keys
SET id = NULL, state = NULL, wrapped = zeroblob(length(wrapped))
WHERE project = :project AND id IS NOT NULL
