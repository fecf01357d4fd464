UPDATE endpoints
SET state = 'disabled', reason = :reason, version = version + 1, updated_at = :time
WHERE project = :project AND id = :id AND state <> 'disabled'
