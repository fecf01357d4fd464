package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"sync"

	"github.com/heed-ai/heed"
)

// PseudonymKeyBytes is the length of the key of a Pseudonymizer.
const PseudonymKeyBytes = 32

// respondentLabel keeps pseudonyms of people apart from every Keyed value:
// those begin with the eight bytes of a length, the first of which is zero.
const respondentLabel = "heed/respondent/v1"

// Pseudonymizer makes pseudonyms: HMAC-SHA256 under one key, cut to 128 bits.
// Who has the key can test a guess, and nobody else; a bare hash could be
// undone by trying every address there is. It is safe for concurrent use.
type Pseudonymizer struct {
	macs sync.Pool // *keyedMAC
}

// keyedMAC is an HMAC that has its key already, and room to feed it strings.
type keyedMAC struct {
	hash hash.Hash
	buf  [1024]byte
	sum  [sha256.Size]byte
}

// NewPseudonymizer takes a key of PseudonymKeyBytes. It keeps no reference to
// the slice.
func NewPseudonymizer(key []byte) (*Pseudonymizer, error) {
	if len(key) != PseudonymKeyBytes {
		return nil, fmt.Errorf("pseudonym key of %d bytes: want %d", len(key), PseudonymKeyBytes)
	}
	own := [PseudonymKeyBytes]byte(key)
	p := &Pseudonymizer{}
	p.macs.New = func() any { return &keyedMAC{hash: hmac.New(sha256.New, own[:])} }
	return p, nil
}

// Respondent returns the pseudonym of a person in a project: the first 128
// bits of HMAC(key, "heed/respondent/v1" 0x00 project 0x00 user). No user has
// the zero Respondent.
func (p *Pseudonymizer) Respondent(project heed.ProjectID, user Raw) heed.Respondent {
	if user.IsZero() {
		return heed.Respondent{}
	}
	m := p.macs.Get().(*keyedMAC)
	defer p.macs.Put(m)
	m.hash.Reset()
	m.write(respondentLabel)
	m.write("\x00")
	m.write(string(project))
	m.write("\x00")
	m.write(user.open())
	return heed.Respondent(m.first16())
}

// Keyed returns a keyed hash of a list of strings for one purpose. Each is
// preceded by its length in eight bytes, so that no two lists are hashed
// alike. It is for owners, natural ids and idempotency keys.
func (p *Pseudonymizer) Keyed(purpose string, parts ...string) [16]byte {
	m := p.macs.Get().(*keyedMAC)
	defer p.macs.Put(m)
	m.hash.Reset()
	m.frame(purpose)
	for _, part := range parts {
		m.frame(part)
	}
	return m.first16()
}

func (m *keyedMAC) frame(s string) {
	binary.BigEndian.PutUint64(m.buf[:8], uint64(len(s)))
	m.hash.Write(m.buf[:8])
	m.write(s)
}

// write feeds a string without a copy of all of it.
func (m *keyedMAC) write(s string) {
	used := min(len(s), len(m.buf))
	for len(s) > 0 {
		n := copy(m.buf[:], s)
		m.hash.Write(m.buf[:n])
		s = s[n:]
	}
	clear(m.buf[:used])
}

func (m *keyedMAC) first16() [16]byte {
	return [16]byte(m.hash.Sum(m.sum[:0])[:16])
}
