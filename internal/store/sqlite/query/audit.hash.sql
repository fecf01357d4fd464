SELECT hash FROM audit_hashes WHERE place = :place
