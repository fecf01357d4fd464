-- What nothing is of any more.
DELETE FROM inbox_kinds
WHERE project = :project
  AND id IN (SELECT value FROM json_each(:ids))
  AND NOT EXISTS (SELECT 1 FROM inbox WHERE project = :project AND kind = inbox_kinds.id)
  AND NOT EXISTS (SELECT 1 FROM inbox WHERE project = :project AND alike = inbox_kinds.id)
