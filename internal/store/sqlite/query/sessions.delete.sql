DELETE FROM sessions WHERE hash = :hash RETURNING id, user_id
