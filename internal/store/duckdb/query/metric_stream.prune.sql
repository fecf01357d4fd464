-- The writer's housekeeping: a stream that is silent for long has ended, whoever's it is.
DELETE FROM metric_streams
WHERE received < ?
