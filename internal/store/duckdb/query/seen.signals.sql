-- At the start, for every project at once.
SELECT key_high, response_hash, name = 'shown' AND counted FROM signals
