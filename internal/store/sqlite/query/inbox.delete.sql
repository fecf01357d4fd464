DELETE FROM inbox WHERE project = :project AND feedback = :feedback
