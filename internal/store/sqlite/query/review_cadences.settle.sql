INSERT INTO review_cadences (project, cadence, settled) VALUES (:project, :cadence, :settled)
ON CONFLICT (project) DO UPDATE SET settled = excluded.settled WHERE settled < excluded.settled
