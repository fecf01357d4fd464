-- The plus keeps SQLite from walking all keys of the project for the one.
UPDATE keys
SET owner = NULL, wrapped = zeroblob(length(wrapped))
WHERE id = :id AND +project = :project AND owner IS NOT NULL
