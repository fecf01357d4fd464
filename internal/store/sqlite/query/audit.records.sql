SELECT number, time, actor_kind, actor_id, actor_name, project, action, object, details
FROM audit_records
ORDER BY number
