SELECT count(*) FROM finding_feedback WHERE project = :project AND finding = :id AND taken = :taken
