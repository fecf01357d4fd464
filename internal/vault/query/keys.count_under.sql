SELECT count(*) FROM keys WHERE project = :project AND under = :under AND owner IS NOT NULL
