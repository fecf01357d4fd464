DELETE FROM metric_streams
WHERE project IN (SELECT unnest(?::VARCHAR[]))
  AND rowid IN (SELECT unnest(?::BIGINT[]))
