INSERT INTO audit_key (one, verifier, wrapped) VALUES (1, :verifier, :wrapped)
