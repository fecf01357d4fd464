DELETE FROM metric_streams
WHERE list_contains(?::VARCHAR[], project)
  AND rowid IN (SELECT unnest(?::BIGINT[]))
