package build_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/dataset/build"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
	"github.com/heed-ai/heed/internal/vault"
)

var birth = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// states are events in memory. before is called before each reading of feedback.
type states struct {
	mu        sync.Mutex
	feedback  map[heed.FeedbackID]store.Feedback
	responses map[heed.ResponseID]store.Response
	before    func(n int)
	readings  int
}

func (s *states) Feedback(_ context.Context, _ heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error) {
	s.mu.Lock()
	s.readings++
	before, n := s.before, s.readings
	s.mu.Unlock()
	if before != nil {
		before(n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[heed.FeedbackID]store.Feedback{}
	for _, id := range ids {
		if f, ok := s.feedback[id]; ok {
			found[id] = f
		}
	}
	return found, nil
}

func (s *states) Answers(_ context.Context, _ heed.ProjectID, ids ...heed.ResponseID) (map[heed.ResponseID]store.Response, error) {
	found := map[heed.ResponseID]store.Response{}
	for _, id := range ids {
		if r, ok := s.responses[id]; ok {
			found[id] = r
		}
	}
	return found, nil
}

func (s *states) Arrivals(_ context.Context, _ heed.ProjectID, targets ...heed.Target) (map[heed.Target]store.Arrival, error) {
	found := map[heed.Target]store.Arrival{}
	for _, t := range targets {
		found[t] = store.Arrival{ID: t.ResponseID}
	}
	return found, nil
}

// change edits a feedback, as its person does.
func (s *states) change(id heed.FeedbackID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.feedback[id]
	f.UpdatedAt = f.UpdatedAt.Add(time.Second)
	s.feedback[id] = f
}

// recognizer is one that may be out of order.
type recognizer struct{ fails bool }

func (r *recognizer) Within() time.Duration { return time.Second }

func (r *recognizer) Recognize(context.Context, privacy.Raw) ([]privacy.Finding, error) {
	if r.fails {
		return nil, errors.New("out of order")
	}
	return nil, nil
}

// withTexts is how many items have texts at most: sealing takes long.
const withTexts = 2500

// world is a project with a dataset of which n items are marked, of people of three
// items each.
type world struct {
	t       *testing.T
	ctx     context.Context
	catalog store.Catalog
	states  *states
	vault   *vault.Vault
	reads   *recognizer
	builder *build.Builder
	d       heed.Dataset
}

func newWorld(t *testing.T, n int) *world {
	t.Helper()
	ctx := audit.By(t.Context(), audit.Actor{Kind: audit.Member, ID: "usr_ada", Name: "ada"})
	dir := t.TempDir()
	catalog, err := sqlite.Open(ctx, filepath.Join(dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(ctx, vault.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(catalog.Close(), v.Close()); err != nil {
			t.Error(err)
		}
	})
	w := &world{
		t: t, ctx: ctx, catalog: catalog, vault: v, reads: &recognizer{},
		states: &states{feedback: map[heed.FeedbackID]store.Feedback{}, responses: map[heed.ResponseID]store.Response{}},
		d:      heed.Dataset{Project: "prj_1", ID: "ds_1", Name: "d", Purpose: heed.ForTraining, CreatedAt: birth},
	}
	p := heed.Project{
		ID: "prj_1", Name: "p", Origins: []string{}, Content: heed.ContentRedacted, Tags: []string{}, Forms: []heed.FeedbackForm{}, Commands: heed.CommandsOn,
		Patterns: []heed.RedactPattern{}, Privacy: heed.DefaultPrivacy(), CreatedAt: birth,
	}
	p.Privacy.Recognizer = "names"
	w.must(catalog.CreateProject(ctx, p, nil))
	w.must(catalog.CreateDataset(ctx, w.d))
	w.newBuilder()
	cleaner := privacy.NewCleaner()
	var marks []heed.DatasetMark
	for i := range n {
		person := heed.Respondent{1, byte(i / 3), byte(i / 3 >> 8)}
		if n > 1000 {
			person = heed.Respondent{1, byte(i)}
		}
		id := fmt.Sprintf("%06d", i)
		seal := func(object, field, text string) vault.Sealed {
			sealed, err := v.Seal(ctx, vault.Place{Project: p.ID, Respondent: person, Object: object, Field: field}, cleaner.Clean(privacy.NewRaw(text)))
			if err != nil {
				t.Fatal(err)
			}
			return sealed
		}
		r := store.Response{Response: heed.Response{Project: p.ID, ID: heed.ResponseID("r" + id), Respondent: person}}
		if texts := i < withTexts; texts {
			r.Input, r.Output = seal("r"+id, "input", "What is "+id+"?"), seal("r"+id, "output", "It is "+id+".")
		}
		w.states.responses[r.ID] = r
		at := birth.Add(time.Duration(i) * time.Second)
		f := store.Feedback{Feedback: heed.Feedback{
			Project: p.ID, ID: heed.FeedbackID("fb" + id), Target: heed.Target{ResponseID: r.ID}, Vote: heed.VoteUp, Tags: []string{}, Trust: heed.TrustToken,
			Respondent: person, CreatedAt: at, UpdatedAt: at,
		}}
		w.states.feedback[f.ID] = f
		marks = append(marks, heed.DatasetMark{
			Project: p.ID, Feedback: f.ID, Purpose: heed.ForTraining, Texts: i < withTexts, Given: at, Respondent: person, By: "usr_ada", At: birth,
		})
	}
	for part := range slices.Chunk(marks, 5000) {
		_, err := catalog.Mark(ctx, part)
		w.must(err)
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// newBuilder makes another Builder, as a server does that starts.
func (w *world) newBuilder() {
	w.builder = build.New(build.Options{
		Catalog: w.catalog, Events: w.states, Vault: w.vault, Cleaner: privacy.NewCleaner(), Version: "v1", Log: slog.New(slog.DiscardHandler),
		Recognizers: func(heed.ProjectID, string) privacy.Recognizer { return w.reads },
	})
}

func (w *world) begin() heed.DatasetVersion {
	w.t.Helper()
	v, err := w.builder.Begin(w.ctx, &w.d, "usr_ada")
	w.must(err)
	return v
}

// run lets the Builder work until a version is not being built any more.
func (w *world) run(number int64) heed.DatasetVersion {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.ctx)
	defer stop()
	ended := make(chan struct{})
	go func() { defer close(ended); w.builder.Run(ctx) }()
	defer func() { stop(); <-ended }()
	for range 60_000 { // ten minutes: the race detector makes a hundred thousand items take some
		v, err := w.catalog.ListVersions(w.ctx, w.d.Project, w.d.ID, number)
		w.must(err)
		if v[0].State != heed.DatasetBuilding {
			return v[0]
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatal("it is still being built")
	return heed.DatasetVersion{}
}

func (w *world) built() heed.DatasetVersion {
	w.t.Helper()
	v := w.run(w.begin().Number)
	if v.State != heed.DatasetReady {
		w.t.Fatalf("the version is %s", v.State)
	}
	return v
}

func fileOf(v heed.DatasetVersion, format string) heed.DatasetFile {
	return v.Files[slices.IndexFunc(v.Files, func(f heed.DatasetFile) bool { return f.Format == format })]
}

// same writes every file twice, and wants the bytes that were built.
func (w *world) same(v heed.DatasetVersion) {
	w.t.Helper()
	for _, f := range v.Files {
		for range 2 {
			var text bytes.Buffer
			w.must(w.builder.WriteFile(w.ctx, &w.d, v, f, &text))
			if sum := sha256.Sum256(text.Bytes()); hex.EncodeToString(sum[:]) != f.SHA256 || int64(text.Len()) != f.Bytes {
				w.t.Errorf("%s has other bytes", f.Name)
			}
		}
	}
}

// The same version is the same bytes, of nothing, of one person and of many.
func TestBuildAgain(t *testing.T) {
	for _, n := range []int{0, 1, 3, 2500} {
		w := newWorld(t, n)
		v := w.built()
		if v.Counts.Items != int64(n) || v.Counts.Content != int64(n) || fileOf(v, "sft").Rows != int64(n) {
			t.Errorf("of %d: %+v", n, v.Counts)
		}
		w.newBuilder() // after a restart
		w.same(v)
	}
}

// A hundred thousand items are built in pages; how far that is is told, and only
// grows.
func TestBuildMany(t *testing.T) {
	const n = 100_000
	w := newWorld(t, n)
	begun := w.begin()
	var told []build.Progress
	w.states.before = func(int) { told = append(told, w.builder.Progress(&begun)) }
	v := w.run(begun.Number)
	w.states.before = nil
	if v.State != heed.DatasetReady || v.Counts.Items != n || fileOf(v, "parquet").Rows != n {
		t.Fatalf("%s, %+v", v.State, v.Counts)
	}
	if len(told) < 100 || !slices.IsSortedFunc(told, func(a, b build.Progress) int { return int(a.Done - b.Done) }) || told[len(told)-1].Done < n || told[len(told)-1].Total != 2*n {
		t.Errorf("told %d times, at last %+v", len(told), told[len(told)-1])
	}
	var lines bytes.Buffer
	w.must(w.builder.WriteFile(w.ctx, &w.d, v, fileOf(v, "jsonl"), &lines))
	if bytes.Count(lines.Bytes(), []byte("\n")) != n || fileOf(v, "sft").Rows != withTexts {
		t.Error("a row is missing")
	}
}

// The cap holds for each person, and takes their newest.
func TestPersonCap(t *testing.T) {
	w := newWorld(t, 9)
	w.d.ID, w.d.Name, w.d.PersonCap = "ds_2", "capped", 2
	w.must(w.catalog.CreateDataset(w.ctx, w.d))
	v := w.built()
	if v.Counts.Items != 6 || v.Counts.Capped != 3 || v.Counts.People != 3 {
		t.Errorf("%+v", v.Counts)
	}
	var text bytes.Buffer
	w.must(w.builder.WriteFile(w.ctx, &w.d, v, fileOf(v, "sft"), &text))
	for _, oldest := range []string{"fb000000", "fb000003", "fb000006"} {
		if strings.Contains(text.String(), oldest) {
			t.Errorf("%s is there, which is the oldest of its person", oldest)
		}
	}
}

// What is cut off is built anew, and has nothing twice.
func TestBuildCutOff(t *testing.T) {
	w := newWorld(t, 2500)
	begun := w.begin()
	ctx, stop := context.WithCancel(w.ctx)
	w.states.before = func(n int) {
		if n == 4 { // in the middle
			stop()
		}
	}
	w.builder.Run(ctx)
	w.states.before = nil
	w.newBuilder()
	v := w.run(begun.Number)
	if v.State != heed.DatasetReady || v.Counts.Items != 2500 {
		t.Fatalf("%s, %+v", v.State, v.Counts)
	}
	w.same(v)
}

// What is changed while a file is being written keeps it from being whole, and ends
// the version.
func TestChangedWhileWritten(t *testing.T) {
	w := newWorld(t, 2500)
	v := w.built()
	w.states.readings = 0
	w.states.before = func(n int) {
		if n == 3 {
			w.states.change("fb000000")
		}
	}
	var text bytes.Buffer
	err := w.builder.WriteFile(w.ctx, &w.d, v, fileOf(v, "jsonl"), &text)
	if heed.CodeOf(err) != heed.Conflict || int64(text.Len()) >= fileOf(v, "jsonl").Bytes {
		t.Errorf("%v after %d of %d bytes", err, text.Len(), fileOf(v, "jsonl").Bytes)
	}
	w.wantStale(v, heed.EndChanged)
}

func (w *world) wantStale(v heed.DatasetVersion, why heed.DatasetEnd) {
	w.t.Helper()
	now, err := w.catalog.ListVersions(w.ctx, v.Project, v.Dataset, v.Number)
	w.must(err)
	if now[0].State != heed.DatasetStale || now[0].EndedBy != why {
		w.t.Errorf("the version is %s, %s", now[0].State, now[0].EndedBy)
	}
}

// A version is checked against what is kept, and against how it is redacted now.
func TestCheck(t *testing.T) {
	w := newWorld(t, 3)
	v := w.built()
	checked, err := w.builder.Check(w.ctx, &w.d, v)
	w.must(err)
	if diff := cmp.Diff(v, checked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p, err := w.catalog.Project(w.ctx, "prj_1")
	w.must(err)
	p.Patterns = []heed.RedactPattern{{Name: "ticket", Pattern: "T-#"}}
	w.must(w.catalog.UpdateProject(w.ctx, p))
	if checked, err = w.builder.Check(w.ctx, &w.d, v); err != nil || checked.State != heed.DatasetStale || checked.EndedBy != heed.EndChanged {
		t.Errorf("with another policy: %s, %v", checked.State, err)
	}
	w.wantStale(v, heed.EndChanged)
	v = w.built()
	w.states.change("fb000001")
	if checked, err = w.builder.Check(w.ctx, &w.d, v); err != nil || checked.State != heed.DatasetStale {
		t.Errorf("with other feedback: %s, %v", checked.State, err)
	}
}

// However many ask at once what is in versions, few of them are checked at once.
func TestFewChecksAtOnce(t *testing.T) {
	w := newWorld(t, 3)
	v := w.built()
	var under atomic.Int64
	let, entered := make(chan struct{}), make(chan struct{}, 8)
	w.states.before = func(int) {
		under.Add(1)
		entered <- struct{}{}
		<-let
		under.Add(-1)
	}
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			if checked, err := w.builder.Check(w.ctx, &w.d, v); err != nil || checked.State != heed.DatasetReady {
				t.Errorf("%s, %v", checked.State, err)
			}
		})
	}
	<-entered
	<-entered
	gone, leave := context.WithCancel(w.ctx)
	leave()
	if _, err := w.builder.Check(gone, &w.d, v); heed.CodeOf(err) != heed.Unavailable {
		t.Errorf("who does not wait is told %v", err)
	}
	if n := under.Load(); n != 2 {
		t.Errorf("%d are checked at once", n)
	}
	close(let)
	work.Wait()
}

// Whoever is erased while a version is built is not in it.
func TestErasedWhileBuilt(t *testing.T) {
	w := newWorld(t, 6)
	begun := w.begin()
	var once sync.Once
	w.states.before = func(n int) {
		if n != 2 { // the items are chosen, and are being read
			return
		}
		once.Do(func() {
			w.must(w.catalog.CreateErasure(w.ctx, heed.Erasure{
				ID: "era_1", Project: "prj_1", Respondents: []heed.Respondent{{1, 0}}, RequestedAt: heed.Instant(time.Now()),
			}))
		})
	}
	v := w.run(begun.Number)
	if v.State != heed.DatasetReady || v.Counts.Items != 3 {
		t.Fatalf("%s, %+v", v.State, v.Counts)
	}
	var text bytes.Buffer
	w.must(w.builder.WriteFile(w.ctx, &w.d, v, fileOf(v, "jsonl"), &text))
	if strings.Contains(text.String(), "fb000000") {
		t.Error("they are in it")
	}
}

// A dataset that is deleted while a version of it is built keeps no other waiting,
// and is no failure.
func TestDeletedWhileBuilt(t *testing.T) {
	w := newWorld(t, 6)
	w.begin()
	gone := w.d
	var log bytes.Buffer
	w.builder.Log = slog.New(slog.NewTextHandler(&log, nil))
	var once sync.Once
	w.states.before = func(n int) {
		if n == 2 { // the items are chosen, and are being read
			once.Do(func() { w.must(w.catalog.DeleteDataset(w.ctx, gone.Project, gone.ID)) })
		}
	}
	w.d.ID, w.d.Name = "ds_2", "another"
	w.must(w.catalog.CreateDataset(w.ctx, w.d))
	if v := w.built(); v.Counts.Items != 6 {
		t.Errorf("the other: %+v", v.Counts)
	}
	if left, err := w.catalog.ListVersions(w.ctx, gone.Project, gone.ID, 0); err != nil || len(left) != 0 || log.Len() > 0 {
		t.Errorf("what is left: %+v (%v), and the log: %s", left, err, log.String())
	}
}

// A recogniser that does not answer leaves nothing out: it is tried again, and then
// said.
func TestRecognizerFails(t *testing.T) {
	w := newWorld(t, 3)
	w.reads.fails = true
	v := w.run(w.begin().Number)
	if v.State != heed.DatasetFailed || len(v.Files) != 0 {
		t.Errorf("%s, %v", v.State, v.Files)
	}
	w.reads.fails = false
	if v = w.built(); v.Number != 2 || v.Counts.Withheld != 0 || v.Counts.Content != 3 {
		t.Errorf("%+v", v.Counts)
	}
}

// A text whose key is destroyed is left out, and counted.
func TestDestroyedKey(t *testing.T) {
	w := newWorld(t, 6)
	id, err := w.vault.KeyID(w.ctx, "prj_1", heed.Respondent{1, 1})
	w.must(err)
	w.must(w.vault.ShredKey(w.ctx, "prj_1", id))
	v := w.built()
	if v.Counts.Items != 6 || v.Counts.Content != 3 || v.Counts.Withheld != 3 {
		t.Errorf("%+v", v.Counts)
	}
	w.same(v)
}
