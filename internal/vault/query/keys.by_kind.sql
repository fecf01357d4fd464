-- Owners are KIND:NAME, so that those of a kind stand between KIND: and KIND;.
SELECT id, project, owner, under, wrapped
FROM keys
WHERE project = :project AND owner >= :from AND owner < :to
ORDER BY owner
