SELECT id, review, time, actor_kind, actor_id, actor_name, step
FROM review_events
WHERE project = :project AND (:review = '' OR review = :review) AND id > :after
ORDER BY id
LIMIT :limit
