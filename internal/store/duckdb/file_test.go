package duckdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// steps are what Rewrite passes on its way.
var steps = []string{"copied", "detached", "synced", "closed", "renamed"}

// childVariable has the test binary run as the process that is killed: its value
// is the step at which, and the path.
const childVariable = "HEED_DUCKDB_CHILD"

func TestMain(m *testing.M) {
	if step := os.Getenv(childVariable); step != "" {
		fmt.Fprintln(os.Stderr, rewriteAndDie(step, os.Getenv(childVariable+"_FILE")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// rewriteAndDie writes the file anew and is killed at a step.
func rewriteAndDie(step, path string) error {
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		return err
	}
	s.atStep = func(reached string) error {
		if reached == step {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	return s.Rewrite(context.Background())
}

// answered is a response with names that can be found in a file.
func answered(id string, at time.Time, marker string) store.Event {
	return store.Event{Received: at, Response: &store.ResponsePart{Response: heed.Response{
		ID: heed.ResponseID(id), Time: at, TraceID: "trace-" + id, Labels: heed.Labels{Model: "model-" + marker},
		Outcome: heed.Outcome{Status: heed.StatusError, ErrorType: "rate_limit", ErrorCode: "code-" + marker}, ConversationID: "chat-" + marker,
	}}}
}

// fillFile stores old and new responses, and has the old ones deleted.
func fillFile(t *testing.T, s *Store) {
	t.Helper()
	for i := range 20 {
		s.take(t, answered(fmt.Sprint("old", i), began.Add(-48*time.Hour), "forgotten"))
		s.take(t, answered(fmt.Sprint("new", i), began, "remembered"))
	}
	if _, err := s.write.ExecContext(t.Context(), "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	for _, class := range []heed.RetentionClass{heed.KeptResponses, heed.KeptNumbers} {
		if n, more, err := s.Expire(t.Context(), "p", class, began, 1000); err != nil || n == 0 || more {
			t.Fatalf("%s: deleted %d, more %v (%v)", class, n, more, err)
		}
	}
}

// wantAll looks for what must be there: the new responses in numbers, rows and
// names, and the position.
func (s *Store) wantAll(t *testing.T) {
	t.Helper()
	rows, err := s.Responses(t.Context(), query.Page{Project: "p", Limit: 100, Of: query.Everything})
	if err != nil {
		t.Fatal(err)
	}
	groups, err := s.Stats(t.Context(), query.Stats{Project: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 20 || len(groups) != 1 || groups[0].Responses != 20 || rows[0].Model != "model-remembered" {
		t.Errorf("%d responses are there, and counted as %+v", len(rows), groups)
	}
	if at, err := s.Position(t.Context()); err != nil || at != 40 {
		t.Errorf("position %d (%v), want 40", at, err)
	}
}

// holds reports whether a file or the log beside it holds a text.
func holds(t *testing.T, path, text string) bool {
	t.Helper()
	found := false
	for _, name := range []string{path, path + walSuffix, path + freshSuffix, path + freshSuffix + walSuffix} {
		data, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		found = found || bytes.Contains(data, []byte(text))
	}
	return found
}

// What is deleted is still in the file, by DuckDB's nature, and after Rewrite it
// is nowhere: of values that are kept in the open, which can be looked for.
func TestRewriteRemovesWhatWasDeleted(t *testing.T) {
	s := openHere(t)
	fillFile(t, s)
	if _, err := s.write.ExecContext(t.Context(), "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	markers := []string{"model-forgotten", "code-forgotten", "chat-forgotten"}
	if !slices.ContainsFunc(markers, func(m string) bool { return holds(t, s.path, m) }) {
		t.Fatal("nothing of what was deleted is found in the file, so this test proves nothing")
	}
	before, err := s.FileState(t.Context())
	if err != nil || before.DeletedSince.IsZero() || !before.WrittenAt.IsZero() {
		t.Errorf("state %+v (%v)", before, err)
	}
	if err := s.Rewrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, marker := range markers {
		if holds(t, s.path, marker) {
			t.Errorf("the file still holds %s", marker)
		}
	}
	for _, marker := range []string{"model-remembered", "code-remembered"} {
		if !holds(t, s.path, marker) {
			t.Errorf("the file lost %s", marker)
		}
	}
	after, err := s.FileState(t.Context())
	if err != nil || !after.DeletedSince.IsZero() || after.WrittenAt.IsZero() {
		t.Errorf("state %+v (%v)", after, err)
	}
	s.wantAll(t)
	if info, err := os.Stat(s.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
}

// An error at any step loses nothing, and the store goes on or, once it must not,
// after a restart.
func TestRewriteFails(t *testing.T) {
	failed := errors.New("failed")
	for _, step := range steps {
		t.Run(step, func(t *testing.T) {
			s := openHere(t)
			fillFile(t, s)
			s.atStep = func(reached string) error {
				if reached == step {
					return failed
				}
				return nil
			}
			if err := s.Rewrite(t.Context()); !errors.Is(err, failed) {
				t.Fatalf("error %v", err)
			}
			s.atStep = nil
			if step == "renamed" { // whether that lasts is not known, so nothing is added
				if _, err := s.Position(t.Context()); heed.CodeOf(err) != heed.Unavailable {
					t.Errorf("a store whose file is in doubt goes on: %v", err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				again, err := Open(t.Context(), s.path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer again.Close()
				again.wantAll(t)
				return
			}
			s.wantAll(t)
			if err := s.Rewrite(t.Context()); err != nil {
				t.Fatalf("the second time: %v", err)
			}
			s.wantAll(t)
			if holds(t, s.path, "chat-forgotten") {
				t.Error("the file still holds what was deleted")
			}
		})
	}
}

// A process that is killed at any step leaves one whole file.
func TestRewriteKilled(t *testing.T) {
	for _, step := range steps {
		t.Run(step, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.duckdb")
			s, err := Open(t.Context(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			fillFile(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), childVariable+"="+step, childVariable+"_FILE="+path)
			said, err := child.CombinedOutput()
			if state := child.ProcessState.Sys().(syscall.WaitStatus); !state.Signaled() {
				t.Fatalf("the process was not killed: %v: %s", err, said)
			}
			if s, err = Open(t.Context(), path, Options{}); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.wantAll(t)
			if _, err := os.Stat(path + freshSuffix); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the copy is left behind: %v", err)
			}
			s.take(t, answered("next", began, "next"))
			if err := s.Rewrite(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Readers and the writer go on while the file is changed, and miss nothing.
func TestRewriteBesideReadersAndWriter(t *testing.T) {
	s := openHere(t)
	fillFile(t, s)
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	var asked atomic.Int64
	for range 6 { // more than there are connections
		work.Go(func() {
			for ctx.Err() == nil {
				detail, err := s.Response(t.Context(), "p", "new7")
				if err != nil || detail.Response == nil {
					t.Errorf("a reader got %v", err)
					return
				}
				asked.Add(1)
			}
		})
	}
	stored := 0
	work.Go(func() {
		for ; ctx.Err() == nil; stored++ {
			ev := answered(fmt.Sprint("late", stored), began, "late")
			ev.Seq, ev.Project = store.Seq(41+stored), "p"
			if err := s.Append(t.Context(), []store.Event{ev}, ev.Seq); err != nil {
				t.Errorf("the writer got %v", err)
				return
			}
		}
	})
	for range 5 {
		if err := s.Rewrite(t.Context()); err != nil {
			t.Error(err)
		}
	}
	stop()
	work.Wait()
	if asked.Load() == 0 || stored == 0 {
		t.Fatalf("%d questions and %d events beside it prove nothing", asked.Load(), stored)
	}
	if diff := cmp.Diff(20+stored, s.rows(t, "responses")); diff != "" {
		t.Errorf("responses (-want +got):\n%s", diff)
	}
}

// A disk without room, and readers that do not let go, leave everything as it is.
func TestRewriteGivesUp(t *testing.T) {
	s := openHere(t)
	fillFile(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	s.atStep = func(string) error { cancel(); return nil }
	if err := s.Rewrite(ctx); heed.CodeOf(err) != heed.Unavailable {
		t.Errorf("an ended context: %v", err)
	}
	s.atStep = nil
	s.wantAll(t)
	rows, err := s.db.QueryContext(t.Context(), "SELECT id FROM responses")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.gate.close(s.db, time.Millisecond); !errors.Is(err, errInUse) {
		t.Errorf("a gate with a reader behind it: %v", err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	s.wantAll(t)
}

// A text that is taken back leaves the file as well; other edits do not have it
// written anew.
func TestTakenBackLeavesTheFile(t *testing.T) {
	s := openHere(t)
	say := func(edit heed.Edit, text vault.Sealed) {
		edit.ID, edit.ResponseID, edit.Trust = "f1", "r1", heed.TrustServer
		s.take(t, store.Event{Received: began, Feedback: &store.FeedbackEdit{Edit: edit, CommentText: text}})
	}
	keys, err := vault.Open(t.Context(), vault.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	text, err := keys.Seal(t.Context(), vault.Place{Project: "p", Object: "f1", Field: "comment", At: began}, privacy.NewCleaner().Clean(privacy.NewRaw("a comment")))
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := text.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	marker := string(envelope[len(envelope)-16:])
	deleted := func() bool {
		state, err := s.FileState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return !state.DeletedSince.IsZero()
	}
	say(heed.Edit{Vote: heed.Value(heed.VoteDown), Comment: heed.Value(struct{}{})}, text)
	say(heed.Edit{Vote: heed.Value(heed.VoteUp)}, vault.Sealed{})
	if deleted() {
		t.Error("a vote that changed has the file written anew")
	}
	say(heed.Edit{Comment: heed.Null[struct{}]()}, vault.Sealed{})
	if !deleted() || !holds(t, s.path, marker) {
		t.Error("the file does not know that it holds a text that was taken back")
	}
	if err := s.Rewrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	if deleted() || holds(t, s.path, marker) {
		t.Error("the file still holds a text that was taken back")
	}
}
