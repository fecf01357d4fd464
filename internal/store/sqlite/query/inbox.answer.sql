UPDATE inbox SET answer = :answer, answered_at = :answered_at WHERE project = :project AND feedback = :feedback
