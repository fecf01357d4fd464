-- A member has one identity: another takes its place.
DELETE FROM identities WHERE user_id = :user
