SELECT finding, project, api, repository, name, marker, begun_at, tried_at, number, url, state, reason, since, changed_at, seen_at
FROM issues
WHERE project = :project AND api = :api AND repository = :repository AND number = :number AND number > 0
