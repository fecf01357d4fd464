UPDATE review_decisions SET outcome = :outcome, note = :note, outcome_at = :outcome_at
WHERE project = :project AND review = :id AND number = :number AND finding IS NULL
