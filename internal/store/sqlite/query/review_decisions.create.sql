INSERT INTO review_decisions (review, number, project, text, finding, person, due, actor_kind, actor_id, actor_name, at, outcome, note)
VALUES (:id, :number, :project, :text, nullif(:finding, ''), :person, :due, :actor_kind, :actor_id, :actor_name, :at, '', '')
