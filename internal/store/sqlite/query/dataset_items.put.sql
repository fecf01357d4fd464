INSERT INTO dataset_items (dataset, number, place, project, feedback, updated, attachment, texts, reviewed_by, reviewed_at)
VALUES (:dataset, :number, :place, :project, :feedback, :updated, :attachment, :texts, :reviewed_by, :reviewed_at)
