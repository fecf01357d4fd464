SELECT id, project, number, version, state, period_from, period_to, due, by_hand, missed, owner, participants, texts, earlier,
       opened_at, updated_at, closed_at, overdue_at
FROM reviews
WHERE project = :project AND id = :id
