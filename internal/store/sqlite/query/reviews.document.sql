SELECT document FROM reviews WHERE project = :project AND id = :id
