-- When a member asked for the last but so many, which is the next to be a day old.
SELECT created_at
FROM reveals
WHERE member = :member
ORDER BY created_at DESC
LIMIT 1 OFFSET :but
