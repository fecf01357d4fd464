INSERT INTO happenings (project, history, object, event, time) VALUES (:project, :history, :object, :event, :time)
