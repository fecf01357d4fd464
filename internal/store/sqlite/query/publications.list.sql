SELECT id, project, window_from, window_to, divided_by, epsilon, margin, answer, created_at, withdrawn_at
FROM publications
WHERE project = @project
ORDER BY created_at DESC, id
