DELETE FROM dataset_people WHERE project = :project AND dataset = :dataset
