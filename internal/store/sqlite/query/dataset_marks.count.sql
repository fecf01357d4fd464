SELECT purpose, count(*) FROM dataset_marks WHERE project = :project GROUP BY purpose
