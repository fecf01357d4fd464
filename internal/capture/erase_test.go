package capture_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/vault"
)

// ada is who asks to be erased.
func (w *world) ada(t *testing.T) heed.Respondent {
	t.Helper()
	person, err := w.intake.Respondent(t.Context(), project, privacy.NewRaw("ada"))
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// remark is a feedback of ada with a text.
func remark(response heed.ResponseID, text string) *capture.Feedback {
	f := vote(response, heed.VoteDown)
	f.User = privacy.NewRaw("ada")
	f.Edit.Comment, f.Comment = heed.Value(struct{}{}), privacy.NewRaw(text)
	return f
}

// shredAll destroys the key that a person has, as a demand does.
func (w *world) shredAll(ctx context.Context, person heed.Respondent) error {
	id, err := w.vault.KeyID(ctx, project, person)
	if heed.CodeOf(err) == heed.NotFound {
		return nil
	}
	return errors.Join(err, w.vault.ShredKey(ctx, project, id))
}

// TestErasedOnTheWay: what waits for a recogniser while its person is erased is as if
// they had been erased before it came.
func TestErasedOnTheWay(t *testing.T) {
	w := newWorld(t)
	asked, answer := make(chan struct{}, 2), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-answer
		_, _ = io.WriteString(out, "[]")
	}))
	t.Cleanup(slow.Close)
	var err error
	if w.recognizers, err = recognize.New(map[string]recognize.Config{"slow": {URL: slow.URL, Within: "20s"}}); err != nil {
		t.Fatal(err)
	}
	w.content, w.recognizer = heed.ContentRedacted, "slow"
	w.start()

	response := &capture.Response{Response: heed.Response{ID: "r-2", ConversationID: "c-1", Labels: heed.Labels{Model: "m"}}, User: privacy.NewRaw("ada"), Input: privacy.NewRaw("who am I?")}
	var outcomes []capture.Outcome
	var group sync.WaitGroup
	group.Go(func() {
		if outcomes, err = w.accept(t, server(), capture.Item{Feedback: remark("r-1", "it was wrong")}, capture.Item{Response: response}); err != nil {
			t.Error(err)
		}
	})
	<-asked
	<-asked
	person := w.ada(t)
	if err := w.intake.Cut(project, []heed.Respondent{person}, func(time.Time) error { return w.shredAll(t.Context(), person) }); err != nil {
		t.Fatal(err)
	}
	close(answer)
	group.Wait()
	if len(outcomes) != 2 || heed.CodeOf(outcomes[0].Err) != heed.Conflict || outcomes[1].Err != nil {
		t.Fatalf("what became of a comment and an answer: %v", outcomes)
	}
	events := w.all()
	if len(events) != 1 || events[0].Response == nil || events[0].Response.Model != "m" {
		t.Fatalf("%d events are kept, want the numbers of the answer alone", len(events))
	}
	if kept := events[0].Response; !kept.Respondent.IsZero() || kept.ConversationID != "" || !kept.Input.IsZero() {
		t.Errorf("of the answer is kept for whom it was %v, in which conversation %q, and what was asked %v", !kept.Respondent.IsZero(), kept.ConversationID, !kept.Input.IsZero())
	}
	if _, err := w.vault.KeyID(t.Context(), project, person); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("a key of the person is left: %v", err)
	}
	if got := w.give(t, server(), remark("r-1", "it is still wrong")); !got.HasComment {
		t.Error("what is said afterwards is not kept")
	}
	// A call through the gateway that had begun before comes in long after.
	late := &capture.Response{Response: heed.Response{ID: "r-3"}, User: privacy.NewRaw("ada"), Began: time.Now().Add(-time.Minute), Output: privacy.NewRaw("you are Ada")}
	if _, err := w.accept(t, server(), capture.Item{Response: late}); err != nil {
		t.Fatal(err)
	}
	if last := w.all()[2].Response; !last.Respondent.IsZero() || !last.Output.IsZero() {
		t.Error("a call that had begun before the demand is kept with its person")
	}
}

// TestCut: whoever else writes meanwhile, everything of a person that is from before
// a demand is under a key that it destroyed, and everything after it can be read.
func TestCut(t *testing.T) {
	w := newWorld(t)
	person := w.ada(t)
	done := make(chan struct{})
	var writers sync.WaitGroup
	var taken atomic.Int64
	for writer := range 6 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				response := heed.ResponseID(fmt.Sprintf("r-%d-%d", writer, i))
				outcomes, err := w.accept(t, server(), capture.Item{Feedback: remark(response, "wrong")})
				if err != nil || outcomes[0].Err != nil && heed.CodeOf(outcomes[0].Err) != heed.Conflict {
					t.Error(err, outcomes)
					return
				}
				if outcomes[0].Err == nil {
					taken.Add(1)
				}
			}
		})
	}
	var last time.Time
	demands := 0
	for ; demands < 40 || taken.Load() < 100 && !t.Failed(); demands++ {
		if err := w.intake.Cut(project, []heed.Respondent{person}, func(at time.Time) error {
			last = at
			return w.shredAll(t.Context(), person)
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	close(done)
	writers.Wait()
	before, after := 0, 0
	for _, ev := range w.all() {
		_, err := w.vault.Open(t.Context(), vault.Place{Project: project, Object: string(ev.Feedback.ID), Field: "comment"}, ev.Feedback.CommentText)
		switch destroyed := errors.Is(err, vault.ErrShredded); {
		case !ev.Received.After(last) && destroyed:
			before++
		case ev.Received.After(last) && err == nil:
			after++
		default:
			t.Fatalf("a comment %s after the last demand: %v", ev.Received.Sub(last), err)
		}
	}
	if before < 100 {
		t.Errorf("only %d comments before the last demand, %d after it", before, after)
	}
	t.Log(strings.TrimSpace(fmt.Sprintf("%d comments before the last of %d demands, %d after it", before, demands, after)))
}
