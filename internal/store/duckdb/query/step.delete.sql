DELETE FROM steps
WHERE project IN (SELECT unnest(?::VARCHAR[]))
  AND rowid IN (SELECT unnest(?::BIGINT[]))
