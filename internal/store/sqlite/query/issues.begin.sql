-- One that was begun in another repository, and is not made, is begun anew.
INSERT INTO issues (finding, project, api, repository, name, marker, begun_at, tried_at, number, url, state, reason, since, changed_at, seen_at)
SELECT f.id, f.project, :api, :repository, :name, :marker, :begun_at, 0, 0, '', '', '', 0, 0, 0
FROM findings f
WHERE f.project = :project AND f.id = :finding
ON CONFLICT (finding) DO UPDATE
SET api = excluded.api, repository = excluded.repository, name = excluded.name, marker = excluded.marker, begun_at = excluded.begun_at,
    tried_at = 0
WHERE number = 0 AND (api <> excluded.api OR repository <> excluded.repository)
