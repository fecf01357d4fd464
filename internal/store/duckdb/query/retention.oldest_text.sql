SELECT min(came)
FROM (
    SELECT min(received) AS came FROM responses WHERE project = ? AND (input IS NOT NULL OR output IS NOT NULL)
    UNION ALL SELECT min(created) FROM feedback WHERE project = ? AND (comment IS NOT NULL OR correction IS NOT NULL)
    UNION ALL SELECT min(received) FROM changes WHERE project = ? AND note IS NOT NULL
)
