SELECT feedback, finding, state, shown_at
FROM follow_ups
WHERE project = :project
  AND finding IN (SELECT id FROM findings WHERE project = :project)
  AND feedback IN (SELECT value FROM json_each(:feedback))
ORDER BY shown_at, finding, state
