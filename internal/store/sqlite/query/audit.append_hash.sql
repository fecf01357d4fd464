INSERT INTO audit_hashes (place, hash) VALUES (:place, :hash)
