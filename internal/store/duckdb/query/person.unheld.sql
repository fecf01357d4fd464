SELECT unnest(?::VARCHAR[]) AS person
EXCEPT
SELECT hex(respondent) FROM responses WHERE project = ? AND respondent IS NOT NULL
EXCEPT
SELECT hex(respondent) FROM feedback WHERE project = ? AND respondent IS NOT NULL
EXCEPT
SELECT hex(respondent) FROM feedback_edits WHERE project = ? AND respondent IS NOT NULL
