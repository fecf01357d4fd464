DELETE FROM deliveries WHERE queued_at < :before
