-- The first revocation stands; a later one changes nothing and counts a row.
UPDATE keys
SET revoked_at = coalesce(revoked_at, :revoked_at)
WHERE project = :project AND id = :id;
