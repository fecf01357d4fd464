SELECT project, key_high, key_low
FROM changes
WHERE project IN (SELECT unnest(?::VARCHAR[]))
  AND key_high IN (SELECT unnest(?::UBIGINT[]))
