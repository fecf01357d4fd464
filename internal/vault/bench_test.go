package vault_test

import (
	"encoding/binary"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/heed-ai/heed/internal/vault"
)

var (
	halfKilobyte = strings.Repeat("It said the refund takes 14 days, ours takes 30. ", 11)[:500]
	twoKilobytes = strings.Repeat(halfKilobyte, 4)
)

func BenchmarkSeal(b *testing.B) {
	for name, text := range map[string]string{"500B": halfKilobyte, "2kB": twoKilobytes} {
		b.Run(name, func(b *testing.B) {
			v := open(b, b.TempDir())
			seal(b, v, placeOf(1), text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := vault.SealText(b.Context(), v, placeOf(1), text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for name, text := range map[string]string{"500B": halfKilobyte, "2kB": twoKilobytes} {
		b.Run(name, func(b *testing.B) {
			v := open(b, b.TempDir())
			s := seal(b, v, placeOf(1), text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Open(b.Context(), placeOf(1), s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// In BenchmarkSealNewRespondent every text needs a new key, made durable: for
// one caller after another, and for many at once, who share commits.
func BenchmarkSealNewRespondent(b *testing.B) {
	var next atomic.Uint64
	newPlace := func() vault.Place {
		p := placeOf(1)
		binary.BigEndian.PutUint64(p.Respondent[:], next.Add(1))
		return p
	}
	b.Run("alone", func(b *testing.B) {
		v := open(b, b.TempDir())
		for b.Loop() {
			seal(b, v, newPlace(), halfKilobyte)
		}
	})
	b.Run("prepared", func(b *testing.B) { // 200 at once, as in a batch of spans
		v := open(b, b.TempDir())
		var places []vault.Place
		for b.Loop() {
			if len(places) == 0 {
				for range 200 {
					places = append(places, newPlace())
				}
				if err := v.Prepare(b.Context(), places); err != nil {
					b.Fatal(err)
				}
			}
			seal(b, v, places[0], halfKilobyte)
			places = places[1:]
		}
	})
	b.Run("many", func(b *testing.B) {
		v := open(b, b.TempDir())
		b.SetParallelism(32) // times GOMAXPROCS
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := vault.SealText(b.Context(), v, newPlace(), halfKilobyte); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

func BenchmarkShred(b *testing.B) {
	v := open(b, b.TempDir())
	for b.Loop() {
		b.StopTimer()
		p := placeOf(1)
		seal(b, v, p, halfKilobyte)
		b.StartTimer()
		if err := v.Shred(b.Context(), p.Project, p.Respondent); err != nil {
			b.Fatal(err)
		}
	}
}
