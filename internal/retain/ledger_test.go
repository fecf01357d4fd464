package retain

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func demand(id string) entry {
	return entryOf(heed.Erasure{
		ID: id, Project: "p", Respondents: []heed.Respondent{{1, 2, 3}, {4}}, RequestedAt: time.Date(2026, 3, 1, 12, 0, 0, 5000, time.UTC),
	}, []string{"00ff", "01ff"})
}

func opened(t *testing.T, path string) *ledger {
	t.Helper()
	l, err := openLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.close() })
	return l
}

// What was appended is there again, and half a line, which a crash leaves, is
// cut off before the next.
func TestLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "erasures.ledger")
	l := opened(t, path)
	if err := l.append(demand("era_1")); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) - 1 {
		if err := os.WriteFile(path, append(whole, whole[:cut]...), 0o600); err != nil {
			t.Fatal(err)
		}
		torn := opened(t, path)
		if err := torn.append(demand("era_2")); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]entry{demand("era_1"), demand("era_2")}, opened(t, path).all()); diff != "" {
			t.Fatalf("after %d bytes of a line (-want +got):\n%s", cut, diff)
		}
	}
	if diff := cmp.Diff([]string{"00ff", "01ff"}, opened(t, path).keysOf("era_2")); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// Lines from before people had several pseudonyms are read beside new ones; a
// person under as many as there may be fits into one.
func TestLedgerOfOnePseudonym(t *testing.T) {
	path := filepath.Join(t.TempDir(), "erasures.ledger")
	old := `{"id":"era_1","project":"p","respondent":"01020300000000000000000000000000","requested_at":"2026-03-01T12:00:00.000005Z","key":"00ff"}` + "\n" +
		`{"id":"era_2","project":"p","respondent":"01020300000000000000000000000000","requested_at":"2026-03-01T12:00:00.000005Z"}` + "\n"
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	most := heed.Erasure{ID: "era_3", Project: "p", RequestedAt: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)}
	var keys []string
	for i := range heed.MaxPseudonymMonths + 4 {
		most.Respondents = append(most.Respondents, heed.Respondent{byte(i), 255})
		keys = append(keys, "000102030405060708090a0b0c0d0e0f")
	}
	if err := opened(t, path).append(entryOf(most, keys)); err != nil {
		t.Fatal(err)
	}
	one, none := demand("era_1"), demand("era_2")
	one.Respondents, one.Keys = one.Respondents[:1], one.Keys[:1]
	none.Respondents, none.Keys = none.Respondents[:1], nil
	if diff := cmp.Diff([]entry{one, none, entryOf(most, keys)}, opened(t, path).all()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A ledger that was changed is refused: to go on without it would bring people back.
func TestSpoiledLedger(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":   "hello\n",
		"no person": `{"id":"era_1","project":"p","respondent":"00","requested_at":"2026-03-01T12:00:00Z"}` + "\n",
		"no time":   `{"id":"era_1","project":"p","respondent":"01020300000000000000000000000000"}` + "\n",
	} {
		path := filepath.Join(t.TempDir(), "erasures.ledger")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if l, err := openLedger(path); err == nil {
			t.Errorf("%s: %+v", name, l.all())
		}
	}
}
