SELECT rowid, project, key_high, key_low, id, response_id, name, value, time, received, trust, counted, series
FROM signals
WHERE rowid IN (
  SELECT rowid
  FROM signals
  WHERE project IN (SELECT unnest(?::VARCHAR[]))
    AND response_hash IN (SELECT unnest(?::UBIGINT[]))
    AND name = 'shown' AND counted
)
