UPDATE endpoints
SET failing_since = CASE WHEN :well THEN 0 WHEN failing_since = 0 THEN :time ELSE failing_since END,
    rest_until = :rest_until
WHERE project = :project AND id = :id
