DELETE FROM entries WHERE hash = :hash AND expires_at > :now RETURNING user_id
