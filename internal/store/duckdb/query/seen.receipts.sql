-- At the start, for every project at once.
SELECT key FROM receipts
