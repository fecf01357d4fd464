INSERT INTO retention_clock (one, seen_at, ran_at, suspended_at)
VALUES (1, :seen_at, :ran_at, :suspended_at)
ON CONFLICT (one) DO UPDATE SET seen_at = :seen_at, ran_at = :ran_at, suspended_at = :suspended_at
