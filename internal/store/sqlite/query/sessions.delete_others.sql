DELETE FROM sessions WHERE user_id = :user AND hash <> :hash
