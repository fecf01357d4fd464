-- Of tries that were begun at once some may be taken and some not: then it fails, and
-- rests as it asked to, until a later one is taken.
UPDATE endpoints
SET failing_since = CASE WHEN :well AND :time > failing_since THEN 0 WHEN failing_since = 0 AND NOT :well THEN :time ELSE failing_since END,
    rest_until = CASE WHEN :well AND :time > failing_since THEN 0 ELSE max(rest_until, :rest_until) END
WHERE project = :project AND id = :id
