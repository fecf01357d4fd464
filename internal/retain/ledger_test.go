package retain

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func demand(id string) heed.Erasure {
	return heed.Erasure{
		ID: id, Project: "p", Respondents: []heed.Respondent{{1, 2, 3}, {4}}, RequestedAt: time.Date(2026, 3, 1, 12, 0, 0, 5000, time.UTC),
	}
}

// with is the line of a demand that names keys of texts.
func with(e heed.Erasure, keys ...string) entry {
	line := entryOf(e)
	line.Keys = keys
	return line
}

// recorded is what the ledger says of a demand with keys that are not destroyed.
func recorded(e heed.Erasure, keys ...string) record {
	r := record{demand: e}
	r.take(KeyOfTexts, keys, time.Time{})
	return r
}

// same tells what is not as it should be in a ledger.
func same(want, got []record) string {
	return cmp.Diff(want, got, cmp.AllowUnexported(record{}))
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
	if err := l.append(with(demand("era_1"), "00ff", "01ff")); err != nil {
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
		if err := torn.append(with(demand("era_2"), "00ff", "01ff")); err != nil {
			t.Fatal(err)
		}
		if diff := same([]record{recorded(demand("era_1"), "00ff", "01ff"), recorded(demand("era_2"), "00ff", "01ff")}, opened(t, path).all()); diff != "" {
			t.Fatalf("after %d bytes of a line (-want +got):\n%s", cut, diff)
		}
	}
}

// What is learned of a demand later is there again: more keys than fit into a line, and
// when each was destroyed for the first time.
func TestLedgerOfManyLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "erasures.ledger")
	l, e := opened(t, path), demand("era_1")
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	want := recorded(e, "00ff")
	want.keys[0].DestroyedAt, want.replayedAt = at, at.Add(time.Hour)
	var attached []string
	for i := range 3 * maxKeysInLine / 2 {
		id := fmt.Sprintf("%032x", i)
		attached = append(attached, id)
		want.keys = append(want.keys, DestroyedKey{id, KeyOfAttachment, at.Add(time.Minute)})
	}
	replayed := entryOf(e)
	replayed.ReplayedAt = want.replayedAt
	for i, err := range []error{
		l.append(with(e, "00ff")), l.destroyed(e, at), l.name(e, attached[:2]), l.name(e, attached), l.destroyed(e, at.Add(time.Minute)),
		l.append(replayed), l.destroyed(e, at.Add(time.Hour)),
	} {
		if err != nil {
			t.Fatal(i, err)
		}
	}
	for _, l := range []*ledger{l, opened(t, path)} {
		if diff := same([]record{want}, l.all()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
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
	if err := opened(t, path).append(with(most, keys...)); err != nil {
		t.Fatal(err)
	}
	one, none := demand("era_1"), demand("era_2")
	one.Respondents, none.Respondents = one.Respondents[:1], none.Respondents[:1]
	if diff := same([]record{recorded(one, "00ff"), recorded(none), recorded(most, keys...)}, opened(t, path).all()); diff != "" {
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
