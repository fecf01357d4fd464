-- The plus keeps SQLite from walking all keys of the project for the one.
UPDATE keys
SET under = :under, wrapped = :wrapped
WHERE id = :id AND +project = :project
