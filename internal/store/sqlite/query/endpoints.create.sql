INSERT INTO endpoints (id, project, version, name, kind, host, target, events, state, reason, failing_since, rest_until,
                       old_secret_until, created_at, updated_at)
SELECT :id, :project, :version, :name, :kind, :host, :target, :events, :state, :reason, 0, 0,
       :old_secret_until, :created_at, :updated_at
WHERE (SELECT count(*) FROM endpoints WHERE project = :project) < :most
