SELECT rowid, project, key_high, key_low, received, state
FROM metric_streams
WHERE project IN (SELECT unnest(?::VARCHAR[]))
  AND key_high IN (SELECT unnest(?::UBIGINT[]))
