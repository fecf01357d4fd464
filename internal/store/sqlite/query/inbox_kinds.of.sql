SELECT kind, alike FROM inbox WHERE project = :project AND feedback = :feedback
