-- The log is one, for all projects.
SELECT count(*) FROM audit_records WHERE time < :before
