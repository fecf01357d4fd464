INSERT INTO review_cadences (project, cadence, settled) VALUES (:project, :cadence, 0)
ON CONFLICT (project) DO UPDATE SET cadence = excluded.cadence
