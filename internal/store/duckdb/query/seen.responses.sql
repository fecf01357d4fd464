-- At the start, for every project at once.
SELECT id_hash, trace_hash FROM responses
