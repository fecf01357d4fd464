INSERT INTO audit_records (number, time, actor_kind, actor_id, actor_name, project, action, object, details)
VALUES (:number, :time, :actor_kind, :actor_id, :actor_name, :project, :action, :object, :details)
