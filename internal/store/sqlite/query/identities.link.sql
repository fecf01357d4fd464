-- An identity that is another member's stays theirs: no row is written then.
INSERT INTO identities (issuer, subject, user_id, linked_at) VALUES (:issuer, :subject, :user, :linked_at)
ON CONFLICT (issuer, subject) DO UPDATE SET user_id = :user, linked_at = :linked_at WHERE user_id IS NULL
