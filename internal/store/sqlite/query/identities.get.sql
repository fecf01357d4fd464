SELECT issuer, subject, coalesce(user_id, ''), linked_at FROM identities WHERE issuer = :issuer AND subject = :subject
