UPDATE responses
SET respondent = NULL, conversation_id = '', input = NULL, output = NULL
WHERE project = ? AND respondent = ? AND received <= ?
