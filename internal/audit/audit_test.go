package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

// A log in memory.
type memory struct {
	records []audit.Record
	hashes  []audit.Hash
}

func (m *memory) read(places []int64) ([]audit.Hash, error) {
	found := make([]audit.Hash, len(places))
	for i, place := range places {
		found[i] = m.hashes[place]
	}
	return found, nil
}

func (m *memory) add(t testing.TB, e audit.Entry) {
	t.Helper()
	r := audit.Record{
		Number: int64(len(m.records)), Time: time.Date(2026, 11, 28, 14, 0, len(m.records), 0, time.UTC),
		Actor: audit.Actor{Kind: audit.Server}, Entry: e,
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	place, hashes, err := audit.Grow(&r, m.read)
	if err != nil || place != int64(len(m.hashes)) {
		t.Fatalf("grown at %d of %d, %v", place, len(m.hashes), err)
	}
	m.records = append(m.records, r)
	m.hashes = append(m.hashes, hashes...)
}

func (m *memory) tree(context.Context) (audit.Tree, error) {
	return audit.TreeOf(int64(len(m.records)), m.read)
}

func (m *memory) verify(t testing.TB, checkpoints ...audit.Checkpoint) audit.Report {
	t.Helper()
	report, err := audit.Verify(audit.Source{
		Records: func(yield func(audit.Record, error) bool) {
			for _, r := range m.records {
				if !yield(r, nil) {
					return
				}
			}
		},
		Hashes: func(yield func(audit.StoredHash, error) bool) {
			for i, h := range m.hashes {
				if !yield(audit.StoredHash{Place: int64(i), Hash: h}, nil) {
					return
				}
			}
		},
	}, checkpoints)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The check computes the tree by itself. At every size it agrees with tlog's.
func TestVerifyAgreesWithTlog(t *testing.T) {
	m := &memory{}
	var published []audit.Checkpoint
	for n := range 131 {
		tree, err := audit.TreeOf(int64(n), m.read)
		if err != nil {
			t.Fatal(err)
		}
		published = append(published, audit.Checkpoint{Tree: tree})
		report := m.verify(t, published...)
		if report.Root != tree.Root || report.Records != int64(n) || report.Agreed != n+1 || len(report.Problems) > 0 {
			t.Fatalf("%d records: %+v, want root %v", n, report, tree.Root)
		}
		m.add(t, audit.Entry{Action: audit.Exported, Object: fmt.Sprint(n)})
	}
}

// Whatever single record or hash is changed, it is found, and where.
func TestVerifyFindsEveryChange(t *testing.T) {
	const records = 70
	m := &memory{}
	for n := range records {
		m.add(t, audit.Entry{Action: audit.Exported, Object: fmt.Sprint(n)})
	}
	for i := range m.records {
		was := m.records[i].Object
		m.records[i].Object = "other"
		if report := m.verify(t); len(report.Problems) != 1 || report.Problems[0].Record != int64(i) {
			t.Errorf("record %d edited: %+v", i, report.Problems)
		}
		m.records[i].Object = was
	}
	for i := range m.hashes {
		m.hashes[i][0] ^= 1
		level, n := tlog.SplitStoredHashIndex(int64(i))
		if report := m.verify(t); len(report.Problems) != 1 || report.Problems[0].Record != n<<level {
			t.Errorf("hash %d (level %d, %d) changed: %+v", i, level, n, report.Problems)
		}
		m.hashes[i][0] ^= 1
	}
	for range 200 {
		i, j := rand.IntN(records), rand.IntN(records)
		m.records[i].Entry, m.records[j].Entry = m.records[j].Entry, m.records[i].Entry
		if problems := m.verify(t).Problems; i != j && (len(problems) != 2 || problems[0].Record != int64(min(i, j)) || problems[1].Record != int64(max(i, j))) {
			t.Errorf("%d and %d swapped: %+v", i, j, problems)
		}
		m.records[i].Entry, m.records[j].Entry = m.records[j].Entry, m.records[i].Entry
	}
	report := (&memory{records: m.records}).verify(t)
	if len(report.Problems) == 0 || len(report.Problems) > 100 {
		t.Errorf("%d problems are listed", len(report.Problems))
	}
	for i := range m.records {
		m.records[i].Object = "other"
	}
	for range 50 {
		m.records = append(m.records, audit.Record{Number: int64(len(m.records))})
	}
	if report := m.verify(t); len(report.Problems) != 100 || report.More != records+50-100 {
		t.Errorf("%d problems and %d more", len(report.Problems), report.More)
	}
}

// Every record ever written is hashed in this encoding: it must not change.
func TestLeafIsForEver(t *testing.T) {
	r := audit.Record{
		Number: 3, Time: time.Date(2026, 11, 28, 15, 4, 5, 60000, time.FixedZone("", 3600)), Actor: audit.Actor{Kind: audit.Member, ID: "usr_1", Name: "Ada <3 \u2028"},
		Entry: audit.Entry{Project: "prj_1", Action: audit.KeyRevoked, Object: "abc", Details: map[string]string{"kind": "sk", "a": "1"}},
	}
	const want = `{"number":3,"time":"2026-11-28T14:04:05.00006Z","actor":{"kind":"member","id":"usr_1","name":"Ada \u003c3 \u2028"},` +
		`"project":"prj_1","action":"key.revoked","object":"abc","details":{"a":"1","kind":"sk"}}`
	if leaf, err := r.Leaf(); err != nil || string(leaf) != want {
		t.Errorf("%s, %v; want %s", leaf, err, want)
	}
	bare := audit.Record{Time: time.Unix(0, 0), Actor: audit.Actor{Kind: audit.Nobody}, Entry: audit.Entry{Action: audit.SignInRefused, Details: map[string]string{}}}
	const wantBare = `{"number":0,"time":"1970-01-01T00:00:00Z","actor":{"kind":"nobody"},"action":"session.refused"}`
	if leaf, err := bare.Leaf(); err != nil || string(leaf) != wantBare {
		t.Errorf("%s, %v; want %s", leaf, err, wantBare)
	}
	m := &memory{}
	m.records = append(m.records, bare)
	leaf, _ := bare.Leaf()
	_, hashes, err := audit.Grow(&bare, m.read)
	if err != nil || hashes[0] != tlog.RecordHash(leaf) {
		t.Errorf("the hash is not that of the encoding (%v)", err)
	}
}

func TestActorsAndActionsAreKnown(t *testing.T) {
	if _, err := audit.ActorOf(t.Context()); heed.CodeOf(err) != heed.Internal {
		t.Errorf("nobody acts: %v", err)
	}
	want := audit.Actor{Kind: audit.Key, ID: "abc"}
	if got, err := audit.ActorOf(audit.By(t.Context(), want)); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
	seen := map[audit.Action]bool{}
	for _, action := range audit.Actions() {
		if seen[action] || strings.ToLower(string(action)) != string(action) || !strings.Contains(string(action), ".") {
			t.Errorf("%s stands twice, or is no name", action)
		}
		seen[action] = true
	}
}

func notary(t testing.TB, m *memory) *audit.Notary {
	t.Helper()
	secret, verifier, err := audit.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	n, err := audit.NewNotary(secret, verifier, m.tree)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCheckpoint(t *testing.T) {
	m := &memory{}
	n := notary(t, m)
	for range 3 {
		c, signed, err := n.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		opened, err := audit.OpenCheckpoint(signed, n.Verifier()+"\n")
		if diff := cmp.Diff(c, opened); diff != "" || err != nil {
			t.Errorf("opened (-want +got):\n%s (%v)", diff, err)
		}
		if m.verify(t, opened).Agreed != 1 {
			t.Errorf("the log does not agree with its checkpoint")
		}
		for i := range signed {
			changed := bytes.Clone(signed)
			changed[i] ^= 1
			// What is no checkpoint as a whole is refused; a note may say the same
			// with another line of signature.
			if got, err := audit.OpenCheckpoint(changed, n.Verifier()); err == nil && got != c {
				t.Errorf("byte %d may be changed: %q", i, changed)
			}
			if _, err := audit.OpenCheckpoint(signed[:i], n.Verifier()); err == nil {
				t.Errorf("it may be cut at %d", i)
			}
		}
		other := notary(t, m)
		if _, err := audit.OpenCheckpoint(signed, other.Verifier()); err == nil {
			t.Error("another log's key opens it")
		}
		m.add(t, audit.Entry{Action: audit.Exported})
	}
	if _, err := audit.OpenCheckpoint(nil, "no key"); err == nil || !strings.Contains(err.Error(), "heed audit key") {
		t.Errorf("no key: %v", err)
	}
	if _, err := audit.NewNotary("no secret", "", m.tree); err == nil || strings.Contains(err.Error(), "no secret") {
		t.Errorf("no secret: %v", err)
	}
}

// What the log's key has signed is a checkpoint only in its form.
func TestCheckpointOfAnotherForm(t *testing.T) {
	secret, verifier, err := audit.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	root := strings.Repeat("A", 43) + "="
	for _, text := range []string{
		"\n", "hello\n", signer.Name() + "\n1\n" + root + "\n", signer.Name() + "\n-1\n" + root + "\n2026-11-28T14:00:00Z\n",
		signer.Name() + "\n1\nAAAA\n2026-11-28T14:00:00Z\n", signer.Name() + "\n1\n" + root + "\nyesterday\n",
		"heed/audit/other\n1\n" + root + "\n2026-11-28T14:00:00Z\n", signer.Name() + "\n1\n" + root + "\n2026-11-28T14:00:00Z\nmore\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := audit.OpenCheckpoint(signed, verifier); err == nil {
			t.Errorf("%q is %+v", text, c)
		}
	}
}

// Checkpoints are found as they were fetched and in both formats of Heed's log.
func TestFindCheckpoints(t *testing.T) {
	m := &memory{}
	n := notary(t, m)
	var signed [][]byte
	var lines, text bytes.Buffer
	for range 3 {
		m.add(t, audit.Entry{Action: audit.Exported})
		_, c, err := n.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		signed = append(signed, c)
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&lines, nil), slog.NewTextHandler(&text, nil)} {
			log := slog.New(handler)
			log.Info("ready", "url", "http://127.0.0.1:1")
			log.Info("audit checkpoint", "size", 3, "checkpoint", string(c), "key", n.Verifier())
		}
	}
	for name, file := range map[string][]byte{"JSON": lines.Bytes(), "text": text.Bytes()} {
		if diff := cmp.Diff(signed, audit.FindCheckpoints(file)); diff != "" {
			t.Errorf("in a log as %s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(signed[:1], audit.FindCheckpoints(signed[0])); diff != "" {
		t.Errorf("as fetched (-want +got):\n%s", diff)
	}
	encoded, _ := json.Marshal(map[string]string{"checkpoint": ""})
	for _, none := range []string{"", "hello\n", string(encoded), " checkpoint=\"", " checkpoint=x"} {
		if found := audit.FindCheckpoints([]byte(none)); len(found) > 0 {
			t.Errorf("%q holds %q", none, found)
		}
	}
}

// Whatever a file holds, looking for checkpoints in it ends, and nothing that
// the key did not sign is opened.
func FuzzFindCheckpoints(f *testing.F) {
	m := &memory{}
	m.add(f, audit.Entry{Action: audit.Exported})
	n := notary(f, m)
	want, signed, err := n.Checkpoint(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte(`{"checkpoint":"x"}` + "\nlevel=INFO checkpoint=\"a\\n\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, found := range audit.FindCheckpoints(file) {
			if got, err := audit.OpenCheckpoint(found, n.Verifier()); err == nil && got != want {
				t.Errorf("%q opens as %+v", found, got)
			}
		}
	})
}

func BenchmarkGrow(b *testing.B) {
	m := &memory{}
	for b.Loop() {
		m.add(b, audit.Entry{Action: audit.Exported, Object: "exp_1"})
	}
}
