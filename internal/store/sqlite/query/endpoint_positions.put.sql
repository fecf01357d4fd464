INSERT INTO endpoint_positions (endpoint, history, project, position) VALUES (:endpoint, :history, :project, :position)
ON CONFLICT (endpoint, history) DO UPDATE SET position = excluded.position
