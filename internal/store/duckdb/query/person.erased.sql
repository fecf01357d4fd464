SELECT feedback, responses
FROM erasures
WHERE project = ? AND id = ?
