INSERT INTO erasure_respondents (erasure, place, respondent)
SELECT id, :place, :respondent FROM erasures WHERE project = :project AND id = :id
