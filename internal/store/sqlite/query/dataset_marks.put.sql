-- That an item was looked at is not undone by a filter that matches it too.
INSERT INTO dataset_marks (project, purpose, feedback, given, respondent, texts, attachment, marked_by, marked_at)
VALUES (:project, :purpose, :feedback, :given, :respondent, :texts, :attachment, :marked_by, :marked_at)
ON CONFLICT (project, purpose, feedback) DO UPDATE
SET texts = excluded.texts, attachment = excluded.attachment, marked_by = excluded.marked_by, marked_at = excluded.marked_at
WHERE project = :project AND (excluded.texts > texts OR excluded.texts = 1 AND excluded.attachment <> attachment)
