package spool_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

func eventDecoder(t testing.TB) spool.EventDecoder {
	t.Helper()
	d, err := spool.NewEventDecoder()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func encoded(t testing.TB, ev store.Event) []byte {
	t.Helper()
	data, err := spool.EncodeEvent(ev)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestADamagedEventDoesNotSpoilItsNeighbours(t *testing.T) {
	decoder := eventDecoder(t)
	events := [][]byte{encoded(t, signalOf("a")), encoded(t, signalOf("b")), encoded(t, signalOf("c"))}
	good := spool.EntryOf(events...)
	middle := bytes.Index(good, events[1])
	for offset := middle; offset < middle+len(events[1]); offset++ {
		entry := bytes.Clone(good)
		entry[offset] ^= 0x40
		parts := spool.WalkEntry(7, entry, decoder)
		if len(parts) != 3 || parts[0].Damaged || !parts[1].Damaged || parts[2].Damaged {
			t.Fatalf("byte %d of the second event flipped: %+v", offset-middle, parts)
		}
		if parts[0].Event.Signal.ID != "a" || parts[2].Event.Signal.ID != "c" || parts[1].Seq != 7<<20+1 {
			t.Fatalf("byte %d of the second event flipped: %+v", offset-middle, parts)
		}
	}
}

func TestDamageToTheFormIsOneStretch(t *testing.T) {
	decoder := eventDecoder(t)
	a, b := encoded(t, signalOf("a")), encoded(t, signalOf("b"))
	good := spool.EntryOf(a, b)
	tests := []struct {
		name  string
		entry []byte
		want  []spool.WalkedPart // without events
	}{
		{"empty", nil, []spool.WalkedPart{{Seq: 7 << 20, UpTo: 8<<20 - 1, Count: 1, Damaged: true}}},
		{"short header", good[:11], []spool.WalkedPart{{Seq: 7 << 20, UpTo: 8<<20 - 1, Count: 1, Damaged: true}}},
		{"header flipped", append([]byte{good[0] ^ 1}, good[1:]...), []spool.WalkedPart{{Seq: 7 << 20, UpTo: 8<<20 - 1, Count: 1, Damaged: true}}},
		{"cut in the second", good[:len(good)-1], []spool.WalkedPart{
			{Seq: 7 << 20, UpTo: 7 << 20, Count: 1}, {Seq: 7<<20 + 1, UpTo: 8<<20 - 1, Count: 1, Damaged: true},
		}},
		{"cut before all", good[:12], []spool.WalkedPart{{Seq: 7 << 20, UpTo: 8<<20 - 1, Count: 2, Damaged: true}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := spool.WalkEntry(7, test.entry, decoder)
			for i := range got {
				got[i].Data, got[i].Event, got[i].Bytes = nil, store.Event{}, 0
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzEntry(f *testing.F) {
	decoder := eventDecoder(f)
	f.Add(spool.EntryOf(encoded(f, signalOf("a")), encoded(f, signalOf("b"))))
	for _, ev := range everyEvent(f) {
		f.Add(spool.EntryOf(encoded(f, ev)))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		const index = 7
		events, frames, next := 0, []byte{}, store.Seq(index<<20)
		parts := spool.WalkEntry(index, data, decoder)
		if len(parts) == 0 {
			t.Fatal("an entry without parts would never be passed over")
		}
		for _, p := range parts {
			if p.Seq != next || p.UpTo < p.Seq || p.UpTo >= (index+1)<<20 {
				t.Fatalf("part from %d to %d where %d is next", p.Seq, p.UpTo, next)
			}
			next = p.UpTo + 1
			events += p.Count
			if !p.Damaged {
				frames = append(frames, spool.FramesOf(p.Data)...)
			}
			if !p.Damaged && p.Err == nil {
				again, err := spool.EncodeEvent(p.Event)
				if err != nil {
					t.Fatalf("what was decoded cannot be encoded: %v", err)
				}
				twice := spool.WalkEntry(index, spool.EntryOf(again), decoder)
				twice[0].Event.Seq = p.Event.Seq
				if diff := cmp.Diff(p.Event, twice[0].Event, compareSealed(), equalNaNs()); twice[0].Err != nil || diff != "" {
					t.Fatalf("decoded, encoded and decoded again: %v %s", twice[0].Err, diff)
				}
			}
		}
		if last := parts[len(parts)-1]; !last.Damaged && !bytes.HasPrefix(data[12:], frames) {
			t.Fatal("the parts are not the frames")
		}
		if events > 1<<20 {
			t.Fatalf("%d events", events)
		}
	})
}

func equalNaNs() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return a == b || (a != a && b != b) })
}
