UPDATE endpoint_positions SET position = :to
WHERE project = :project AND endpoint = :endpoint AND history = :history AND position = :from
