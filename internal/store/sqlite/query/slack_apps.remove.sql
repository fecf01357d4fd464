DELETE FROM slack_apps
WHERE project = :project
