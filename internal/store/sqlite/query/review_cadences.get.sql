SELECT cadence, settled FROM review_cadences WHERE project = :project
