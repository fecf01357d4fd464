INSERT INTO inbox_kinds (project, facets, people, uncounted) VALUES (:project, :facets, 0, 0)
ON CONFLICT (project, facets) DO UPDATE SET people = people
RETURNING id, people, uncounted
