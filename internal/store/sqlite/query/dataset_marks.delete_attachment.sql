DELETE FROM dataset_marks WHERE project = :project AND attachment = :attachment RETURNING feedback
