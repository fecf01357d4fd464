SELECT seen_at, ran_at, suspended_at FROM retention_clock
