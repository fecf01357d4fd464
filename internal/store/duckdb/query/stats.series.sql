SELECT id, operation, provider, model, prompt_name, prompt_version, feature, release, environment, status, error_type, role
FROM series
WHERE project = ?
