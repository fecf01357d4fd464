INSERT INTO deliveries (id, project, endpoint, type, history, object, event, happened_at, queued_at, state, tries, begun, next_at,
                        done_at, outcome, status)
VALUES (:id, :project, :endpoint, :type, :history, :object, :event, :happened_at, :queued_at, 'waiting', 0, 0, :next_at, 0, '', 0)
ON CONFLICT DO NOTHING
