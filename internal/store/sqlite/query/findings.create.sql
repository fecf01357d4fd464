INSERT INTO findings (id, project, version, title, state, reason, owner, due, cause, public, change, measure, selection,
                      created_at, updated_at, state_since)
SELECT :id, :project, :version, :title, :state, :reason, :owner, :due, :cause, :public, :change, :measure, :selection,
       :created_at, :updated_at, :state_since
WHERE (SELECT count(*) FROM findings WHERE project = :project) < :most
