SELECT issuer, subject, user_id, linked_at FROM identities WHERE user_id IS NOT NULL ORDER BY linked_at, issuer, subject
