UPDATE keys
SET owner = NULL, wrapped = zeroblob(length(wrapped))
WHERE project = :project AND owner IS NOT NULL
