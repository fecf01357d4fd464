SELECT coalesce(max(number) + 1, 0) FROM audit_records
