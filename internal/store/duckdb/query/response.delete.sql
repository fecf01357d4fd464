DELETE FROM responses
WHERE list_contains(?::VARCHAR[], project)
  AND rowid IN (SELECT unnest(?::BIGINT[]))
