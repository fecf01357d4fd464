DELETE FROM steps
WHERE list_contains(?::VARCHAR[], project)
  AND rowid IN (SELECT unnest(?::BIGINT[]))
