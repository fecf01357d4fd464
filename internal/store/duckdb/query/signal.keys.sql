SELECT project, key_high, key_low
FROM signals
WHERE list_contains(?::VARCHAR[], project)
  AND rowid IN (SELECT rowid FROM signals WHERE key_high IN (SELECT unnest(?::UBIGINT[])))
