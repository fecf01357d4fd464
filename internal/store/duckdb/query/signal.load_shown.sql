SELECT rowid, project, key_high, key_low, id, response_id, name, value, time, received, trust, counted, series
FROM signals
WHERE list_contains(?::VARCHAR[], project)
  AND rowid IN (SELECT rowid FROM signals WHERE response_hash IN (SELECT unnest(?::UBIGINT[])))
  AND name = 'shown' AND counted
