SELECT history, position FROM endpoint_positions WHERE project = :project AND endpoint = :endpoint
