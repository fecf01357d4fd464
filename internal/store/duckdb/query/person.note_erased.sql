INSERT INTO erasures (project, id, done, feedback, responses) VALUES (?, ?, ?, ?, ?)
