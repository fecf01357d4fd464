SELECT coalesce(sum(epsilon), 0)
FROM publications
WHERE project = @project AND created_at > @since
