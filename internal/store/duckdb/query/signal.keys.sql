SELECT project, key_high, key_low
FROM signals
WHERE project IN (SELECT unnest(?::VARCHAR[]))
  AND key_high IN (SELECT unnest(?::UBIGINT[]))
