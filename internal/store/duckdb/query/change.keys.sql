SELECT project, key_high, key_low
FROM changes
WHERE list_contains(?::VARCHAR[], project)
  AND rowid IN (SELECT rowid FROM changes WHERE key_high IN (SELECT unnest(?::UBIGINT[])))
