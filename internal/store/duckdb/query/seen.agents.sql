-- At the start, for every project at once.
SELECT trace_hash FROM responses WHERE series IN (SELECT id FROM series WHERE role IN (1, 3, 4))
