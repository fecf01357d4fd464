-- By hand only while none is open.
INSERT INTO reviews (id, project, number, version, state, period_from, period_to, due, by_hand, missed, owner, participants, texts, earlier,
                     document, opened_at, updated_at)
SELECT :id, :project, (SELECT coalesce(max(number), 0) + 1 FROM reviews WHERE project = :project), :version, :state, :period_from, :period_to,
       :due, :by_hand, :missed, :owner, :participants, :texts, :earlier, :document, :opened_at, :updated_at
WHERE :by_hand = 0 OR NOT EXISTS (SELECT 1 FROM reviews WHERE project = :project AND closed_at IS NULL)
RETURNING number
