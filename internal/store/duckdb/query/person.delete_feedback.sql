DELETE FROM feedback WHERE project = ? AND respondent = ? AND created <= ?
