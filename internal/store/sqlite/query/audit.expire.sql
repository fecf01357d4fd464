DELETE FROM audit_records WHERE number < :until
