SELECT (SELECT count(*) FROM feedback WHERE project = ? AND respondent = ?),
       (SELECT count(*) FROM responses WHERE project = ? AND respondent = ?)
