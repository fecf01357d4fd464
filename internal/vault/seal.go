package vault

import (
	"context"

	"github.com/heed-ai/heed/internal/privacy"
)

// Seal encrypts a text for its place. When it returns, the key that opens the
// text is durable. The zero Clean gives the zero Sealed; a withheld text is
// sealed and marked, and Open never shows it.
//
// A text sealed while the respondent is being shredded may be lost with the
// old key.
func (v *Vault) Seal(ctx context.Context, p Place, text privacy.Clean) (Sealed, error) {
	switch {
	case text.IsZero():
		return Sealed{}, nil
	case text.Withheld():
		return v.seal(ctx, p, withheld, text.Expose())
	default:
		return v.seal(ctx, p, cleaned, text.Expose())
	}
}

// Prepare makes the keys for texts at places durable, so that sealing many costs
// one write to the disk, and not one for each new person among them. It changes
// nothing else: Seal makes what is missing.
func (v *Vault) Prepare(ctx context.Context, places []Place) error {
	owners := make([]owner, 0, len(places))
	known := make(map[owner]bool, len(places))
	for _, p := range places {
		o, err := p.owner()
		if err != nil {
			return err
		}
		if !known[o] {
			known[o] = true
			owners = append(owners, o)
		}
	}
	return v.keys.prepare(ctx, owners)
}

func (v *Vault) seal(ctx context.Context, p Place, c class, text string) (Sealed, error) {
	o, err := p.owner()
	if err != nil {
		return Sealed{}, err
	}
	k, err := v.keys.obtain(ctx, o)
	if err != nil {
		return Sealed{}, err
	}
	w, ok := v.wrappers.Get().(*wrapper)
	if !ok || w.id != k.id {
		if w, err = newWrapper(&k); err != nil {
			return Sealed{}, err
		}
	}
	envelope, err := sealText(w, p, c, text)
	v.wrappers.Put(w)
	return Sealed{envelope}, err
}

// Open returns the cleaned text, or "" for the zero Sealed. The text must
// stand at the place it was sealed for; whose key sealed it is in the envelope.
// Errors are ErrShredded, ErrTampered, ErrWithheld, and those of the key
// database.
func (v *Vault) Open(ctx context.Context, p Place, s Sealed) (string, error) {
	if s.IsZero() {
		return "", nil
	}
	if !wellFormed(s.envelope) {
		return "", ErrTampered
	}
	k, err := v.keys.find(ctx, p.Project, keyIDOf(s.envelope))
	if err != nil {
		return "", err
	}
	if !p.admits(k.owner) {
		return "", ErrTampered
	}
	text, err := openText(k.secret, p, s.envelope)
	switch {
	case err != nil:
		return "", err
	case class(s.envelope[classAt]) == withheld:
		return "", ErrWithheld
	}
	return text, nil
}
