DELETE FROM dataset_versions WHERE project = :project AND dataset = :dataset
