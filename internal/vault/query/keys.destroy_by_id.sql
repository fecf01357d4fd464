UPDATE keys
SET owner = NULL, wrapped = zeroblob(length(wrapped))
WHERE project = :project AND id = :id AND owner IS NOT NULL;
