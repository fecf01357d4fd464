SELECT dataset, number, project, state, begun_at, begun_by, built_at, built_by, redaction, ended_at, ended_by, counts, files
FROM dataset_versions
WHERE (dataset, number) IN (
  SELECT d.id, (SELECT max(number) FROM dataset_versions WHERE dataset = d.id)
  FROM datasets d
  WHERE d.project = :project
)
