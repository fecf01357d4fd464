-- By its id alone, which is its public address.
SELECT id, project, window_from, window_to, divided_by, epsilon, margin, answer, created_at, withdrawn_at
FROM publications
WHERE id = @id
