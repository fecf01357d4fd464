SELECT rowid, project, key_high, key_low, received, state
FROM metric_streams
WHERE list_contains(?::VARCHAR[], project)
  AND key_high IN (SELECT unnest(?::UBIGINT[]))
