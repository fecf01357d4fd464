DELETE FROM inbox_events WHERE project = :project AND feedback = :feedback
