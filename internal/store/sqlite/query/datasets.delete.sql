DELETE FROM datasets WHERE project = :project AND id = :dataset
