UPDATE publications
SET withdrawn_at = @withdrawn_at
WHERE project = @project AND id = @id AND (withdrawn_at IS NULL) <> (@withdrawn_at IS NULL)
