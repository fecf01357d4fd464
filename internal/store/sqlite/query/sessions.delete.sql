DELETE FROM sessions WHERE hash = :hash RETURNING user_id;
