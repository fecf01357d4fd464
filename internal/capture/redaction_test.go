package capture_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/vault"
)

// recogniserOf serves a recogniser that knows one name, and counts its calls.
// A text with "hang" in it is never answered.
func recogniserOf(t *testing.T, name string) (*recognize.Services, *atomic.Int64) {
	t.Helper()
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var in struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		if strings.Contains(in.Text, "hang") {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
		found := []map[string]any{}
		if before, _, ok := strings.Cut(in.Text, name); ok {
			start := len([]rune(before))
			found = append(found, map[string]any{"entity_type": "PERSON", "start": start, "end": start + len([]rune(name)), "score": 0.85})
		}
		if err := json.NewEncoder(w).Encode(found); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	services, err := recognize.New(map[string]recognize.Config{"presidio": {URL: server.URL, Within: "3s"}})
	if err != nil {
		t.Fatal(err)
	}
	return services, &calls
}

// TestRecognizer: texts are looked at by the project's recogniser before
// anything is written; those that it does not answer in time are withheld, and
// everything else is accepted all the same. What has no text asks nobody.
func TestRecognizer(t *testing.T) {
	w := newWorld(t)
	var calls *atomic.Int64
	w.recognizers, calls = recogniserOf(t, "Zwölfer")
	w.content, w.recognizer = heed.ContentRedacted, "presidio"
	w.start()

	w.give(t, server(), vote("r-1", heed.VoteDown))
	if n := calls.Load(); n != 0 {
		t.Errorf("a click asked the recogniser %d times", n)
	}
	comment := vote("r-2", heed.VoteDown)
	comment.Edit.Comment, comment.Comment = heed.Value(struct{}{}), privacy.NewRaw("Später kam Zwölfer, zw@example.com")
	hangs := vote("r-3", heed.VoteDown)
	hangs.Edit.Comment, hangs.Comment = heed.Value(struct{}{}), privacy.NewRaw("hang Zwölfer")
	response := &capture.Response{Response: heed.Response{ID: "r-4"}, Input: privacy.NewRaw("Who is Zwölfer?"), Output: privacy.NewRaw("hang")}
	begun := time.Now()
	outcomes, err := w.accept(t, server(), capture.Item{Feedback: comment}, capture.Item{Feedback: hangs}, capture.Item{Response: response})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("it took %s; all texts together may wait 3 s", took)
	}
	for i, o := range outcomes {
		if o.Err != nil {
			t.Errorf("item %d: %v", i, o.Err)
		}
	}
	got := map[string]string{}
	for _, ev := range w.all() {
		see := func(what, object, field string, sealed vault.Sealed) {
			if sealed.IsZero() {
				return
			}
			text, err := w.vault.Open(t.Context(), vault.Place{Project: project, Object: object, Field: field}, sealed)
			switch {
			case errors.Is(err, vault.ErrWithheld):
				text = "withheld"
			case err != nil:
				t.Errorf("%s: %v", what, err)
			}
			got[what] = text
		}
		switch {
		case ev.Feedback != nil:
			see("comment "+string(ev.Feedback.ResponseID), string(ev.Feedback.ID), "comment", ev.Feedback.CommentText)
		case ev.Response != nil:
			see("input", "r-4", "input", ev.Response.Input)
			see("output", "r-4", "output", ev.Response.Output)
		}
	}
	if diff := cmp.Diff(map[string]string{
		"comment r-2": "Später kam [NAME_1], [EMAIL_1]", "comment r-3": "withheld", "input": "Who is [NAME_1]?", "output": "withheld",
	}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestRecognizerGone: a recogniser that the operator took away withholds texts,
// and stops nothing.
func TestRecognizerGone(t *testing.T) {
	w := newWorld(t)
	w.recognizer = "gone"
	f := vote("r-1", heed.VoteDown)
	f.Edit.Comment, f.Comment = heed.Value(struct{}{}), privacy.NewRaw("hello")
	if got := w.give(t, server(), f); got.Vote != heed.VoteDown {
		t.Errorf("the vote is %q", got.Vote)
	}
}
