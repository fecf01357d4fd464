-- The writer's dictionary: the one query that spans projects.
SELECT project, id, operation, provider, model, prompt_name, prompt_version,
       feature, release, environment, status, error_type, role
FROM series
