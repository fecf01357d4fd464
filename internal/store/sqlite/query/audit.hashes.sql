SELECT place, hash FROM audit_hashes ORDER BY place
