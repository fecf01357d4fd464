-- The writer's housekeeping: a receipt ends by its age, whoever's it is.
DELETE FROM receipts
WHERE received < ?
