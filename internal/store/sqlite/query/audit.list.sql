-- Whoever may read the log may read of all projects; the choice of one is theirs.
SELECT number, time, actor_kind, actor_id, actor_name, project, action, object, details
FROM audit_records
WHERE (:before = 0 OR number < :before)
  AND (:project = '' OR project = :project)
  AND (:action = '' OR action = :action)
  AND (:actor = '' OR actor_id = :actor)
ORDER BY number DESC
LIMIT :limit
