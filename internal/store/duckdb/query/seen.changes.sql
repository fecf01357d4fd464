-- At the start, for every project at once.
SELECT key_high FROM changes
