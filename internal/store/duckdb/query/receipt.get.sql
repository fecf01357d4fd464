SELECT request, answer
FROM receipts
WHERE project = ? AND key = ? AND received >= ?
ORDER BY received DESC
LIMIT 1
