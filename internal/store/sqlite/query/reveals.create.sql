INSERT INTO reveals (id, project, attachment, member, reason, created_at, expires_at)
SELECT :id, :project, :attachment, :member, :reason, :created_at, :expires_at
WHERE (SELECT count(*) FROM reveals WHERE member = :member AND created_at > :day_ago) < :most
