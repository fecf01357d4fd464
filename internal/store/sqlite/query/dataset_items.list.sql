SELECT place, feedback, updated, attachment, texts, reviewed_by, reviewed_at
FROM dataset_items
WHERE project = :project AND dataset = :dataset AND number = :number AND place >= :from
ORDER BY place
LIMIT :limit
