SELECT count(done_at), count(*) - count(done_at)
FROM erasures
WHERE project = :project
