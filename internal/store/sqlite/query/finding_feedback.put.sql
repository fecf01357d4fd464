-- By the event that comes next. Where it stands so already nothing is done.
INSERT INTO finding_feedback (finding, feedback, project, event, taken)
VALUES (:id, :feedback, :project, (SELECT coalesce(max(number), 0) + 1 FROM finding_events WHERE project = :project AND finding = :id), :taken)
ON CONFLICT (finding, feedback) DO UPDATE SET event = excluded.event, taken = excluded.taken
WHERE taken <> excluded.taken AND project = :project
