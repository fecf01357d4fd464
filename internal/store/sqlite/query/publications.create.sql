INSERT INTO publications (id, project, window_from, window_to, divided_by, epsilon, margin, answer, created_at, withdrawn_at)
VALUES (@id, @project, @window_from, @window_to, @divided_by, @epsilon, @margin, @answer, @created_at, NULL)
