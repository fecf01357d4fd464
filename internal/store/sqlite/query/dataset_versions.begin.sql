INSERT INTO dataset_versions (dataset, number, project, state, begun_at, begun_by, built_by, redaction, ended_by, counts, files)
SELECT d.id, (SELECT coalesce(max(number), 0) + 1 FROM dataset_versions WHERE project = :project AND dataset = d.id), d.project, 'building', :begun_at, :begun_by, '', '', '', '{}', '[]'
FROM datasets d
WHERE d.project = :project AND d.id = :dataset
RETURNING number
