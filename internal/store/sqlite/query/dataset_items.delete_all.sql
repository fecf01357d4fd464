DELETE FROM dataset_items WHERE project = :project AND dataset = :dataset
