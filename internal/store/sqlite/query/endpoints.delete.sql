DELETE FROM endpoints WHERE project = :project AND id = :id
