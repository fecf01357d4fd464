SELECT verifier, wrapped FROM audit_key
