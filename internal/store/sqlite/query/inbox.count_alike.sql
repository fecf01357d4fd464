-- People, and each that is not known for one; of more than :most no more.
SELECT count(*) FROM (SELECT DISTINCT coalesce(respondent, feedback) FROM inbox WHERE project = :project AND alike = :alike LIMIT :most)
