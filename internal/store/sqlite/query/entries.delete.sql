DELETE FROM entries WHERE user_id = :user
