package vault_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/vault"
)

// openBytes reads an envelope from bytes and opens it.
func openBytes(t *testing.T, v *vault.Vault, p vault.Place, envelope []byte) (string, error) {
	t.Helper()
	var s vault.Sealed
	if err := s.UnmarshalBinary(envelope); err != nil {
		return "", err
	}
	return v.Open(t.Context(), p, s)
}

func TestEveryChangedBitIsNoticed(t *testing.T) {
	v := open(t, t.TempDir())
	envelope := sealedBytes(t, seal(t, v, placeOf(1), comment))
	for i := range envelope {
		for bit := range 8 {
			changed := bytes.Clone(envelope)
			changed[i] ^= 1 << bit
			text, err := openBytes(t, v, placeOf(1), changed)
			if text != "" || !errors.Is(err, vault.ErrTampered) && !errors.Is(err, vault.ErrNotSealed) {
				t.Fatalf("byte %d, bit %d changed: text %q, error %v", i, bit, text, err)
			}
		}
	}
}

func TestEveryTruncationIsNoticed(t *testing.T) {
	v := open(t, t.TempDir())
	envelope := sealedBytes(t, seal(t, v, placeOf(1), strings.Repeat(comment, 5)))
	for n := 1; n < len(envelope); n++ {
		for name, part := range map[string][]byte{"end": envelope[:n], "start": envelope[n:]} {
			text, err := openBytes(t, v, placeOf(1), part)
			if text != "" || !errors.Is(err, vault.ErrTampered) && !errors.Is(err, vault.ErrNotSealed) {
				t.Fatalf("%d of %d bytes, cut at the %s: text %q, error %v", len(part), len(envelope), name, text, err)
			}
		}
	}
	if _, err := openBytes(t, v, placeOf(1), append(envelope, make([]byte, 32)...)); !errors.Is(err, vault.ErrTampered) {
		t.Errorf("32 bytes more: %v, want %v", err, vault.ErrTampered)
	}
}

// Two envelopes of one place and key cannot be mixed.
func TestPartsOfTwoEnvelopesDoNotOpen(t *testing.T) {
	v := open(t, t.TempDir())
	one := sealedBytes(t, seal(t, v, placeOf(1), comment))
	two := sealedBytes(t, seal(t, v, placeOf(1), comment))
	const commitment, wrapped, body = 18, 34, 94
	for _, cut := range []int{commitment, wrapped, body} {
		mixed := append(bytes.Clone(one[:cut]), two[cut:]...)
		_, err := openBytes(t, v, placeOf(1), mixed)
		want := vault.ErrTampered
		if cut == commitment {
			want = nil // all that follows the key id is of one envelope
		}
		if !errors.Is(err, want) {
			t.Errorf("cut at %d: %v, want %v", cut, err, want)
		}
	}
}

func TestUnmarshalChecksTheForm(t *testing.T) {
	envelope := sealedBytes(t, seal(t, open(t, t.TempDir()), placeOf(1), comment))
	with := func(i int, b byte) []byte {
		changed := bytes.Clone(envelope)
		changed[i] = b
		return changed
	}
	for name, b := range map[string][]byte{
		"text":           []byte(comment),
		"another format": with(0, 2),
		"no class":       with(1, 0),
		"another class":  with(1, 3),
		"a header alone": envelope[:94],
		"half a block":   envelope[:len(envelope)-16],
		"no block":       envelope[:94+28],
	} {
		s := seal(t, open(t, t.TempDir()), placeOf(1), comment)
		before := sealedBytes(t, s)
		if err := s.UnmarshalBinary(b); !errors.Is(err, vault.ErrNotSealed) {
			t.Errorf("%s: %v, want %v", name, err, vault.ErrNotSealed)
		}
		if !bytes.Equal(before, sealedBytes(t, s)) {
			t.Errorf("%s: the value changed although the bytes were refused", name)
		}
	}
	var none vault.Sealed
	if err := none.UnmarshalBinary(nil); err != nil || !none.IsZero() {
		t.Errorf("no bytes: %v, zero %t", err, none.IsZero())
	}
}

func TestUnmarshalCopies(t *testing.T) {
	v := open(t, t.TempDir())
	b := bytes.Clone(sealedBytes(t, seal(t, v, placeOf(1), comment)))
	var s vault.Sealed
	if err := s.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	clear(b)
	check(t, v, placeOf(1), s, comment, nil)
}

func TestSealedPrintsNothing(t *testing.T) {
	s := seal(t, open(t, t.TempDir()), placeOf(1), comment)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "text", s)
	if got := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); got != "[sealed] [sealed] [sealed] [sealed]" {
		t.Errorf("printed %q", got)
	}
	if !strings.Contains(log.String(), "text=[sealed]") {
		t.Errorf("logged %q", log.String())
	}
}

// Envelopes and derived secrets outlive the version of Heed that made them.
// These were made by the first.
func TestFormatIsForEver(t *testing.T) {
	var key [32]byte
	for i := range key {
		key[i] = byte(i)
	}
	envelope, err := hex.DecodeString(strings.Join(strings.Fields(firstEnvelope), ""))
	if err != nil {
		t.Fatal(err)
	}
	var s vault.Sealed
	if err := s.UnmarshalBinary(envelope); err != nil {
		t.Fatal(err)
	}
	text, err := vault.OpenUnder(key, placeOf(1), s)
	if err != nil || text != comment {
		t.Errorf("opened %q, %v, want %q", text, err, comment)
	}
}

const firstEnvelope = `
01010102030000000000000000000000000076fd54eceaa43d216ec8b0001fce48ee023b466d46f22974202510c50fb1
200c1b42dd44f6bb25b688a77b7f07de83bc0a927c7344af106526c4a09531e5c947370e96ee13481cd1e6cd998b7472
4dacde592cc6d91880531a47df83c4e74ff1b7c2ff182fe28387800e928eccfc36fa4487d6c75e469a617602764c69d1
f37ddd98b965a57a49c206e4b9621431676db3a118270a5e3d870d8f590e15776bdac941f7fb86367f7f
`

func FuzzOpen(f *testing.F) {
	v := open(f, f.TempDir())
	real := sealedBytes(f, seal(f, v, placeOf(1), comment))
	f.Add(real)
	f.Add(real[:len(real)-32])
	f.Add(sealedBytes(f, seal(f, v, placeOf(0), "")))
	p := placeOf(1)
	p.Object = "fb_of_another"
	f.Fuzz(func(t *testing.T, b []byte) {
		var s vault.Sealed
		if err := s.UnmarshalBinary(b); err != nil || s.IsZero() {
			return
		}
		if text, err := v.Open(t.Context(), p, s); text != "" || !errors.Is(err, vault.ErrTampered) {
			t.Errorf("opened %q, %v", text, err)
		}
	})
}

func FuzzUnmarshalBinary(f *testing.F) {
	f.Add(sealedBytes(f, seal(f, open(f, f.TempDir()), placeOf(1), comment)))
	f.Add([]byte{1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s vault.Sealed
		err := s.UnmarshalBinary(b)
		if err != nil {
			if !errors.Is(err, vault.ErrNotSealed) || !s.IsZero() {
				t.Fatalf("refused with %v, zero %t", err, s.IsZero())
			}
			return
		}
		if !bytes.Equal(b, sealedBytes(t, s)) {
			t.Error("the bytes come back changed")
		}
	})
}
