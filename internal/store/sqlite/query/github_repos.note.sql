UPDATE github_repos
SET name = CASE WHEN :name = '' THEN name ELSE :name END, heard_at = max(heard_at, :heard_at),
    token_ends_at = CASE WHEN :token_ends_at = 0 THEN token_ends_at ELSE :token_ends_at END
WHERE project = :project AND id = :id
