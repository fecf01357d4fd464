UPDATE sessions SET hash = :next WHERE user_id = :user AND hash = :hash
