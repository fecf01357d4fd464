-- At the start, for every project at once.
SELECT id FROM erasures
