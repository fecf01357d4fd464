package spool_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

// crashConfig has one segment that is never full, so that a copy of the folder
// between two calls is what a crash would leave.
func crashConfig() spool.Config {
	cfg := smallConfig()
	cfg.SegmentBytes = 64 << 10
	return cfg
}

// written is how far a segment file is written to. A commit ends with a
// checksum, whose last bytes can be zero, at a multiple of 8.
func written(t testing.TB, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return (len(bytes.TrimRight(data, "\x00")) + 7) &^ 7
}

// builtSpool makes a spool of n calls and tells where each ends on disk.
func builtSpool(t testing.TB, n int) (dir string, ids []string, ends []int) {
	t.Helper()
	dir = memoryDir(t)
	s := open(t, dir, crashConfig(), 0)
	for i := range n {
		ids = append(ids, fmt.Sprintf("%d-%s", i, strings.Repeat("x", i%13)))
		appendTo(t, s, signalOf(ids[i]))
		ends = append(ends, written(t, lastSegment(t, dir)))
	}
	image := filepath.Join(memoryDir(t), "image")
	if err := os.CopyFS(image, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return image, ids, ends
}

// opensWith checks that a folder opens and holds exactly these events, goes on
// taking new ones, and still holds all after that.
func opensWith(t testing.TB, dir string, want []string) {
	t.Helper()
	s := open(t, dir, crashConfig(), 0)
	if diff := cmp.Diff(want, pendingIDs(t, s)); diff != "" {
		t.Fatal(diff)
	}
	appendTo(t, s, signalOf("after"))
	closeSpool(t, s)
	s = open(t, dir, crashConfig(), 0)
	if diff := cmp.Diff(append(want[:len(want):len(want)], "after"), pendingIDs(t, s)); diff != "" {
		t.Fatal("after one more:", diff)
	}
	closeSpool(t, s)
}

func TestACrashLosesNothingAcknowledged(t *testing.T) {
	image, ids, _ := builtSpool(t, 40)
	opensWith(t, image, ids)
}

func TestATailCutOffAnywhereLosesOnlyWhatIsCut(t *testing.T) {
	image, ids, ends := builtSpool(t, 12)
	tail := lastSegment(t, image)
	whole, err := os.ReadFile(tail)
	if err != nil {
		t.Fatal(err)
	}
	meta, err := os.ReadFile(filepath.Join(image, "wal", "wal-meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	for size := 0; size <= ends[len(ends)-1]; size += 7 {
		restore(t, image, tail, whole[:size], meta)
		kept := 0
		for kept < len(ends) && ends[kept] <= size {
			kept++
		}
		opensWith(t, image, ids[:kept])
	}
}

// restore puts a folder back to one segment and its database.
func restore(t testing.TB, dir, tail string, data, meta []byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "wal", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	err = errors.Join(err, os.WriteFile(tail, data, 0o600),
		os.WriteFile(filepath.Join(dir, "wal", "wal-meta.db"), meta, 0o600))
	if err != nil {
		t.Fatal(err)
	}
}

// TestDamageToAnUnfinishedWriteCostsNothingElse flips and blanks bytes of the
// last write, as if the crash had come before its sync.
func TestDamageToAnUnfinishedWriteCostsNothingElse(t *testing.T) {
	image, ids, ends := builtSpool(t, 5)
	tail := lastSegment(t, image)
	whole, err := os.ReadFile(tail)
	if err != nil {
		t.Fatal(err)
	}
	meta, err := os.ReadFile(filepath.Join(image, "wal", "wal-meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	acked, from, to := ids[:4], ends[3], ends[4]
	damage := map[string]func(b []byte, i int){
		"flip":    func(b []byte, i int) { b[i] ^= 0xff },
		"to one":  func(b []byte, i int) { b[i] = 1 }, // passes for an entry
		"to two":  func(b []byte, i int) { b[i] = 2 }, // passes for an index
		"to 3":    func(b []byte, i int) { b[i] = 3 }, // passes for a commit
		"blanked": func(b []byte, i int) { clear(b[i:to]) },
		"to here": func(b []byte, i int) { clear(b[from:i]) },
	}
	for name, hurt := range damage {
		for i := from; i < to; i++ {
			data := bytes.Clone(whole)
			hurt(data, i)
			restore(t, image, tail, data, meta)
			s := open(t, image, crashConfig(), 0)
			want := pendingIDs(t, s)
			// Bytes that raft-wal does not use can be damaged without harm.
			if diff := cmp.Diff(acked, want); diff != "" && !slices.Equal(ids, want) {
				t.Fatalf("%s at %d of %d: %s", name, i-from, to-from, diff)
			}
			appendTo(t, s, signalOf("after"))
			closeSpool(t, s)
			s = open(t, image, crashConfig(), 0)
			if diff := cmp.Diff(append(want[:len(want):len(want)], "after"), pendingIDs(t, s)); diff != "" {
				t.Fatalf("%s at %d of %d, after one more: %s", name, i-from, to-from, diff)
			}
			closeSpool(t, s)
		}
	}
}

// TestACrashBetweenTwoSegments goes back to the database of before the last
// segment was full: so it is when a crash comes right after the sync that
// filled it.
func TestACrashBetweenTwoSegments(t *testing.T) {
	for _, torn := range []bool{false, true} {
		t.Run(fmt.Sprint("torn ", torn), func(t *testing.T) {
			dir := memoryDir(t)
			cfg := smallConfig()
			ids := []string{}
			filled := 0
			for i := 0; filled < 3; i++ {
				metaPath := filepath.Join(dir, "wal", "wal-meta.db")
				s := open(t, dir, cfg, 0)
				closeSpool(t, s)
				before, tail := lastSegment(t, dir), []byte(nil)
				meta, err := os.ReadFile(metaPath)
				if err == nil {
					tail, err = os.ReadFile(before)
				}
				if err != nil {
					t.Fatal(err)
				}
				s = open(t, dir, cfg, 0)
				ids = append(ids, fmt.Sprint(i))
				appendTo(t, s, signalOf(ids[i]), store.Event{Project: "p", Receipt: &store.Receipt{Answer: make([]byte, 1000)}})
				closeSpool(t, s)
				s = open(t, dir, cfg, 0) // begins the next segment if this was full
				closeSpool(t, s)
				after := lastSegment(t, dir)
				if before == after {
					continue
				}
				filled++
				if torn {
					// Only the end of the last write reached the disk.
					data, err := os.ReadFile(before)
					if err != nil {
						t.Fatal(err)
					}
					at := (len(bytes.TrimRight(tail, "\x00")) + 7) &^ 7
					clear(data[at+100 : at+600])
					if err := os.WriteFile(before, data, 0o600); err != nil {
						t.Fatal(err)
					}
					ids[i] = "" // never acknowledged
				}
				if err := errors.Join(os.WriteFile(metaPath, meta, 0o600), os.Remove(after)); err != nil {
					t.Fatal(err)
				}
			}
			want := []string{}
			for _, id := range ids {
				if id != "" {
					want = append(want, id)
				}
			}
			s := open(t, dir, cfg, 0)
			want = append(want, "after")
			appendTo(t, s, signalOf("after"))
			got := []string{}
			for ev, err := range s.Pending() {
				if err != nil {
					t.Fatal(err)
				}
				if ev.Signal != nil {
					got = append(got, ev.Signal.ID)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestExactlyOnceOverManyCrashes drains into a store that dies just before or
// just after a commit, over and over on one folder.
func TestExactlyOnceOverManyCrashes(t *testing.T) {
	const schedules = 1500
	random := rand.New(rand.NewPCG(1, 2))
	dir := memoryDir(t)
	m := newMemoryStore()
	want := []string{}
	cfg := smallConfig()
	crash := errors.New("crashed")
	for round := range schedules {
		cfg.BatchEvents = 1 + random.IntN(8)
		s, err := spool.Open(dir, cfg, m.at(), quiet())
		if err != nil {
			t.Fatal(err)
		}
		for call := range random.IntN(4) {
			events := signalsOf(fmt.Sprintf("%d-%d", round, call), 1+random.IntN(6))
			appendTo(t, s, events...)
			for _, ev := range events {
				want = append(want, ev.Signal.ID)
			}
		}
		ctx, die := context.WithCancel(t.Context())
		m.before, m.after = nil, nil
		left := random.IntN(5)
		failing := func([]store.Event) error {
			if left--; left < 0 {
				die()
				return crash
			}
			return nil
		}
		if random.IntN(2) == 0 {
			m.before = failing
		} else {
			m.after = failing
		}
		if s.Stats().Events > 0 {
			err = s.Drain(ctx, m, func(at store.Seq) {
				if s.Stats().Events == 0 {
					die()
				}
			})
		}
		die()
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	m.before, m.after = nil, nil
	s := open(t, dir, cfg, m.at())
	last := appendTo(t, s, signalOf("last"))
	drainUntil(t, s, m, last)
	if diff := cmp.Diff(append(want, "last"), m.ids()); diff != "" {
		t.Error(diff)
	}
	for i := 1; i < len(m.events); i++ {
		if m.events[i].Seq <= m.events[i-1].Seq {
			t.Fatalf("Seq %d after %d", m.events[i].Seq, m.events[i-1].Seq)
		}
	}
}
