-- Under a finding, where somebody filed the feedback before.
INSERT INTO inbox (project, feedback, version, state, severity, rank, kind, alike, respondent, bound, words, created_at, opened_at, state_since, assignee, cause, finding)
SELECT :project, :feedback, 1, iif(f.finding IS NULL, 'open', 'filed'), :severity, :rank, :kind, :alike, :respondent, :bound, :words, :created_at, :opened_at, :state_since, '', '',
       coalesce(f.finding, '')
FROM (SELECT (SELECT finding FROM finding_feedback WHERE project = :project AND feedback = :feedback AND taken = 0 ORDER BY event DESC LIMIT 1) AS finding) f
