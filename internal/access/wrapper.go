package access

// Wrapper keeps secrets that the catalog holds from being read in the catalog.
// The vault is one. Both methods are safe for concurrent use.
type Wrapper interface {
	// Wrap encrypts a secret. The same purpose opens it again, and no other.
	Wrap(purpose string, secret []byte) ([]byte, error)
	Unwrap(purpose string, wrapped []byte) ([]byte, error)
}

// tokenKeyPurpose ties a wrapped token key to its key, so that one row's
// cannot stand in for another's.
func tokenKeyPurpose(keyID string) string { return "heed/token-key/v1/" + keyID }
