SELECT id, project, window_from, window_to, divided_by, epsilon, margin, answer, created_at, withdrawn_at
FROM publications
WHERE project = @project AND window_from = @window_from AND window_to = @window_to AND divided_by = @divided_by
