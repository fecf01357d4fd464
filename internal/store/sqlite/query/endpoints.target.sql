SELECT target FROM endpoints WHERE project = :project AND id = :id
