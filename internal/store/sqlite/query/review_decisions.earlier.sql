-- Those of which nothing has become, or something did since a time.
SELECT r.id, r.number, coalesce(f.title, ''), coalesce(f.state, ''),
       d.number, d.text, coalesce(d.finding, ''), d.person, d.due, d.actor_kind, d.actor_id, d.actor_name, d.at, d.outcome, d.note, d.outcome_at
FROM review_decisions d
JOIN reviews r ON r.id = d.review
LEFT JOIN findings f ON f.id = d.finding
WHERE d.project = :project
  AND CASE WHEN d.finding IS NULL THEN d.outcome_at IS NULL OR d.outcome_at >= :since
           ELSE f.state NOT IN ('verified', 'dismissed') OR f.state_since >= :since END
ORDER BY r.number DESC, d.number
LIMIT :limit
