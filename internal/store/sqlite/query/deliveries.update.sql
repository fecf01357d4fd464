UPDATE deliveries
SET state = :state, tries = :tries, next_at = :next_at, done_at = :done_at, outcome = :outcome, status = :status
WHERE project = :project AND id = :id AND tries = :tries - 1 AND state = 'waiting'
