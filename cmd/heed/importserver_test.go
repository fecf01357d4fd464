package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/heed-ai/heed/internal/capture/native"
)

// ran is what a command printed and returned.
type ran struct {
	Stdout, Stderr string
	Status         int
}

// runCommand runs a heed command in this process, against the given server.
func runCommand(t testing.TB, ctx context.Context, url string, args ...string) ran {
	t.Helper()
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	var stdout bytes.Buffer
	args = append(args, "--url", url, "--key", "heed_sk_of_a_test")
	status := run(args, &environment{ctx: ctx, stdout: &stdout, stderr: stderr, getenv: func(string) string { return "" }})
	text, err := os.ReadFile(stderr.Name())
	if err != nil {
		t.Fatal(err)
	}
	return ran{stdout.String(), string(text), status}
}

// eventsServer keeps events as the contract has it: by id, or by response and
// user, or each for itself; and answers the same Idempotency-Key the same.
type eventsServer struct {
	*httptest.Server
	before func(request int, w http.ResponseWriter) (done bool) // may answer instead
	after  func(request int, w http.ResponseWriter) (done bool) // may lose the answer

	mu       sync.Mutex
	requests int
	largest  int // body
	stored   map[string]json.RawMessage
	order    []string // response ids, as they came
	answers  map[string][]byte
}

func newEventsServer(t testing.TB) *eventsServer {
	s := &eventsServer{stored: map[string]json.RawMessage{}, answers: map[string][]byte{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *eventsServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if r.Method != http.MethodPost || r.URL.Path != "/v1/events" || r.Header.Get("Authorization") != "Bearer heed_sk_of_a_test" {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	if s.before != nil && s.before(s.requests, w) {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	answer, replayed := s.answers[key]
	if !replayed {
		answer = s.accept(body)
		s.answers[key] = answer
	}
	if s.after != nil && s.after(s.requests, w) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

func (s *eventsServer) accept(body []byte) []byte {
	s.largest = max(s.largest, len(body))
	var batch struct{ Events []json.RawMessage }
	answer := native.EventsAnswer{Rejected: []native.Rejection{}}
	if err := json.Unmarshal(body, &batch); err != nil {
		panic(err)
	}
	for i, text := range batch.Events {
		var event struct{ Type, ID, Vote, User, Name, Response_ID string }
		if err := json.Unmarshal(text, &event); err != nil {
			answer.Rejected = append(answer.Rejected, native.Rejection{Index: i, Code: "invalid", Message: "body is of a wrong type"})
			continue
		}
		if !strings.Contains(" up down none", " "+event.Vote) {
			answer.Rejected = append(answer.Rejected, native.Rejection{
				Index: i, Code: "invalid", Field: "vote", Message: "vote must be one of: up, down, none",
			})
			continue
		}
		identity := fmt.Sprintf("%s/unnamed/%d", event.Type, len(s.stored))
		switch {
		case event.Type == "response":
			identity = "response/" + event.Response_ID
		case event.ID != "":
			identity = event.Type + "/id/" + event.ID
		case event.Type == "feedback" && event.User != "":
			identity = "feedback/user/" + event.Response_ID + "/" + event.User
		}
		s.stored[identity] = text
		s.order = append(s.order, event.Response_ID)
		answer.Accepted++
	}
	text, _ := json.Marshal(answer)
	return text
}
