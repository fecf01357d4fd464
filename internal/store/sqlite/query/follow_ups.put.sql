INSERT INTO follow_ups (finding, state, feedback, project, shown_at)
SELECT id, :state, :feedback, project, :shown_at FROM findings WHERE project = :project AND id = :finding
ON CONFLICT (finding, state, feedback) DO UPDATE SET shown_at = shown_at WHERE project = :project
