package spool_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

// asideFiles returns what was set aside, by file name.
func asideFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(dir, "aside"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, "aside", e.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", e.Name(), info.Mode().Perm())
		}
		files[e.Name()] = string(data)
	}
	return files
}

func TestAnInvalidEventIsSetAside(t *testing.T) {
	// Where in a batch of 100 the poison is.
	for _, poisoned := range [][]int{{0}, {99}, {50}, {0, 1, 2}, {13, 77, 98, 99}, {}} {
		t.Run(fmt.Sprint(poisoned), func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, smallConfig(), 0)
			first := appendTo(t, s, signalsOf("e", 100)...)
			bad, want := map[string]bool{}, []string{}
			for _, i := range poisoned {
				bad[fmt.Sprintf("e-%d", i)] = true
			}
			for i := range 100 {
				if id := fmt.Sprintf("e-%d", i); !bad[id] {
					want = append(want, id)
				}
			}
			m := newMemoryStore()
			m.before = func(events []store.Event) error {
				for _, ev := range events {
					if bad[ev.Signal.ID] {
						return heed.Errorf(heed.Invalid, "the store refuses this")
					}
				}
				return nil
			}
			drainUntil(t, s, m, first+99)
			if diff := cmp.Diff(want, m.ids()); diff != "" {
				t.Error(diff)
			}
			if got := s.Stats(); got.SetAside != int64(len(poisoned)) || got.Events != 0 || got.PendingBytes != 0 {
				t.Errorf("stats %+v, want %d set aside and nothing pending", got, len(poisoned))
			}
			files := asideFiles(t, dir)
			if len(files) != 2*len(poisoned) {
				t.Errorf("%d files set aside, want two for each of %d", len(files), len(poisoned))
			}
			for _, i := range poisoned {
				name := fmt.Sprintf("%020d", first+store.Seq(i))
				if !strings.Contains(files[name+".txt"], "the store refuses this") {
					t.Errorf("%s.txt does not give the reason: %q", name, files[name+".txt"])
				}
				if want := string(encoded(t, signalOf(fmt.Sprintf("e-%d", i)))); files[name+".cbor"] != want {
					t.Errorf("%s.cbor is not the event", name)
				}
			}
			closeSpool(t, s)
			s = open(t, dir, smallConfig(), m.at())
			if got := s.Stats().SetAside; got != int64(len(poisoned)) {
				t.Errorf("%d set aside after opening again, want %d", got, len(poisoned))
			}
		})
	}
}

func TestUndecodableBytesAreSetAside(t *testing.T) {
	good := func(id string) []byte { return encoded(t, signalOf(id)) }
	tests := []struct {
		name   string
		append func(s *spool.Spool) (store.Seq, error)
		want   []string
		aside  int64
	}{
		{"garbage among good ones", func(s *spool.Spool) (store.Seq, error) {
			return s.AppendBytes(good("a"), []byte("\xff\xff"), good("b"))
		}, []string{"a", "b", "z"}, 1},
		{"wrong types", func(s *spool.Spool) (store.Seq, error) {
			return s.AppendBytes([]byte("\xa1\x66signal\x01"), good("b"))
		}, []string{"b", "z"}, 1},
		{"nothing but garbage", func(s *spool.Spool) (store.Seq, error) {
			return s.AppendBytes([]byte("\xff"), nil, []byte("\x9f"))
		}, []string{"z"}, 3},
		{"wrong checksum", func(s *spool.Spool) (store.Seq, error) {
			frames := spool.FramesOf(good("a"), good("b"))
			frames[10] ^= 1
			return s.AppendFrames(frames, 2)
		}, []string{"b", "z"}, 1},
		{"frames end early", func(s *spool.Spool) (store.Seq, error) {
			return s.AppendFrames(spool.FramesOf(good("a")), 9)
		}, []string{"a", "z"}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, smallConfig(), 0)
			if _, err := test.append(s); err != nil {
				t.Fatal(err)
			}
			last := appendTo(t, s, signalOf("z"))
			closeSpool(t, s)
			s = open(t, dir, smallConfig(), 0)
			if diff := cmp.Diff(test.want, pendingIDs(t, s)); diff != "" {
				t.Error("pending:", diff)
			}
			m := newMemoryStore()
			drainUntil(t, s, m, last)
			if diff := cmp.Diff(test.want, m.ids()); diff != "" {
				t.Error(diff)
			}
			if got := s.Stats(); got.SetAside != test.aside || got.Events != 0 || got.PendingBytes != 0 {
				t.Errorf("stats %+v, want %d set aside and nothing pending", got, test.aside)
			}
			// Nothing is left over or counted twice when the store fell back.
			closeSpool(t, s)
			s = open(t, dir, smallConfig(), 0)
			again := newMemoryStore()
			drainUntil(t, s, again, last)
			if got := s.Stats(); got.SetAside != test.aside {
				t.Errorf("%d set aside the second time, want %d", got.SetAside, test.aside)
			}
		})
	}
}

// TestADamagedSegmentDoesNotBlockTheRest flips bits all over a segment that is
// full and closed, which raft-wal never checks.
func TestADamagedSegmentDoesNotBlockTheRest(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, smallConfig(), 0)
	want := map[string]bool{}
	var last store.Seq
	for i := range 300 {
		id := fmt.Sprint(i)
		last = appendTo(t, s, signalOf(id))
		want[id] = true
	}
	closeSpool(t, s)
	segments, err := filepath.Glob(filepath.Join(dir, "wal", "*.wal"))
	if err != nil || len(segments) < 3 {
		t.Fatalf("%d segments: %v", len(segments), err)
	}
	data, err := os.ReadFile(segments[1])
	if err != nil {
		t.Fatal(err)
	}
	for offset := 100; offset < len(data); offset += 401 {
		data[offset] ^= 0xff
	}
	if err := os.WriteFile(segments[1], data, 0o600); err != nil {
		t.Fatal(err)
	}

	s = open(t, dir, smallConfig(), 0)
	m := newMemoryStore()
	drainUntil(t, s, m, last)
	got := map[string]bool{}
	for _, id := range m.ids() {
		if got[id] || !want[id] {
			t.Errorf("%s stored twice, or made up", id)
		}
		got[id] = true
	}
	st := s.Stats()
	if st.SetAside == 0 || int64(len(want)-len(got)) > st.SetAside {
		t.Errorf("%d of %d events missing, %d set aside", len(want)-len(got), len(want), st.SetAside)
	}
	if !got["0"] || !got["299"] || len(got) < 200 {
		t.Errorf("only %d of 300 events outlived damage to one segment", len(got))
	}
	if st.Events != 0 || st.PendingBytes != 0 {
		t.Errorf("stats %+v: nothing is pending any more", st)
	}
}

func TestAStoreThatIsDownIsTriedAgain(t *testing.T) {
	for _, fault := range []error{
		heed.Errorf(heed.Unavailable, "the disk is full"), heed.Errorf(heed.Internal, "a bug"), errors.New("a plain error"),
	} {
		t.Run(fault.Error(), func(t *testing.T) {
			s := open(t, t.TempDir(), smallConfig(), 0)
			last := appendTo(t, s, signalsOf("a", 10)...) + 9
			m := newMemoryStore()
			failures := 2
			m.before = func([]store.Event) error {
				if failures > 0 {
					failures--
					return fault
				}
				return nil
			}
			drainUntil(t, s, m, last)
			if len(m.ids()) != 10 || s.Stats().SetAside != 0 {
				t.Errorf("stored %v, set aside %d", m.ids(), s.Stats().SetAside)
			}
		})
	}
}
