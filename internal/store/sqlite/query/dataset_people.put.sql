INSERT INTO dataset_people (project, respondent, dataset, number) VALUES (:project, :respondent, :dataset, :number)
ON CONFLICT DO NOTHING
