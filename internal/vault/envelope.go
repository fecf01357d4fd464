package vault

// wellFormed reports whether b has the form of an envelope.
func wellFormed(b []byte) bool { return len(b) > 0 }
