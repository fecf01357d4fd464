-- Why members read goes with the records that they did. The log is one, for all
-- projects.
DELETE FROM reveals WHERE created_at < :before
