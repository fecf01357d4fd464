package vault

import "context"

// SealText is Seal for a text that no Cleaner has seen: this package's tests
// are about what becomes of texts, not about what is in them.
func SealText(ctx context.Context, v *Vault, p Place, text string) (Sealed, error) {
	return v.seal(ctx, p, cleaned, text)
}

// SealWithheld is SealText for a text whose redaction failed.
func SealWithheld(ctx context.Context, v *Vault, p Place, text string) (Sealed, error) {
	return v.seal(ctx, p, withheld, text)
}

// OpenUnder opens an envelope under a key that the test chose.
func OpenUnder(key [32]byte, p Place, s Sealed) (string, error) {
	if !wellFormed(s.envelope) {
		return "", ErrTampered
	}
	return openText(key, p, s.envelope)
}

// OnStep has a rotation tell the steps it has taken.
func OnStep(v *Vault, told func(step string)) { v.step = told }

// StaleAfter is how long a key may outlive its Shred in another process.
const StaleAfter = staleAfter

// InFlight is how long after it was used a key is safe from ShredIdle.
const InFlight = inFlight

// ForgetUses has every key count as not used lately.
func ForgetUses(v *Vault) { v.keys.uses = newUses() }

// ProjectKeys returns how many keys of projects are remembered.
func ProjectKeys(v *Vault) int {
	v.projects.mu.RLock()
	defer v.projects.mu.RUnlock()
	return len(v.projects.byID)
}
