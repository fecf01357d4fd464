-- The work of the server, for every project.
SELECT dataset, number, project, state, begun_at, begun_by, built_at, built_by, redaction, ended_at, ended_by, counts, files
FROM dataset_versions
WHERE state = 'building'
ORDER BY begun_at, dataset
