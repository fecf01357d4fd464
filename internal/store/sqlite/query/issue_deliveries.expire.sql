-- Of every project: whoever hears something sweeps for all.
DELETE FROM issue_deliveries
WHERE at < :before
