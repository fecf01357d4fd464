package access_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/access"
)

func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b)
	for _, row := range []struct{ name, credential, origin string }{
		{"secret key", w.secret, ""},
		{"publishable key", w.publishable, goodOrigin},
		{"token", w.token(b, w.secret, 0), ""},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.authority.Authenticate(b.Context(), row.credential, row.origin); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMint(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := access.Mint(vectorKey, goodClaims()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLimiter(b *testing.B) {
	for _, row := range []struct {
		name     string
		subjects uint64
	}{{"known", 1000}, {"new", 1 << 40}} {
		b.Run(row.name, func(b *testing.B) {
			l := limiter(b, 100, 400, 200_000)
			var who access.Subject
			n := uint64(0)
			b.ReportAllocs()
			for b.Loop() {
				n++
				binary.BigEndian.PutUint64(who[:], n%row.subjects)
				l.Allow(who, 1, time.Now())
			}
		})
	}
}
