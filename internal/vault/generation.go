package vault

import "context"

// Generation rises when a key was destroyed or rotated, here or by another
// process: what was derived from keys before may be of one that is no more. A
// change by another process is told within staleAfter. It costs no query but
// once in that time.
func (v *Vault) Generation(ctx context.Context) (uint64, error) {
	if err := v.keys.refresh(ctx); err != nil {
		return 0, err
	}
	return v.keys.cache.now(), nil
}
