INSERT INTO issue_deliveries (project, delivery, at)
VALUES (:project, :delivery, :at)
ON CONFLICT DO NOTHING
