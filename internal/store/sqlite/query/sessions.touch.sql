UPDATE sessions SET used_at = :used_at, expires_at = :expires_at WHERE hash = :hash AND used_at < :used_at
