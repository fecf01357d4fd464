SELECT dataset, number, project, state, begun_at, begun_by, built_at, built_by, redaction, ended_at, ended_by, counts, files
FROM dataset_versions
WHERE project = :project AND dataset = :dataset AND (:number = 0 OR number = :number)
ORDER BY number DESC
