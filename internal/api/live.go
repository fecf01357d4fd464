package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

// Pace of the live stream. What comes within a turn is written at once, so
// that a flood costs a write every turn rather than one an event; and a line
// of comment tells proxies that the connection lives.
const (
	liveTurn  = 100 * time.Millisecond
	liveAlive = 15 * time.Second
	liveCheck = 5 * time.Second // how long a stream outlives the right to read it
	liveWrite = 10 * time.Second
	livePage  = 200 // events of one turn; the rest is counted as missed
)

func (a *API) registerLive(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "watch", Method: http.MethodGet, Path: "/v1/live", Tag: "Reading",
		Summary: "What arrives, as it becomes durable",
		Description: "Server-sent events (text/event-stream) named response, feedback, signal and change, each with the same JSON as reading gives; " +
			"missed, with how many were left out because the reader or the network is slower than what arrives.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Status:      http.StatusOK, Answer: "", Serve: a.serveLive,
	})
}

func (a *API) serveLive(w http.ResponseWriter, r *http.Request) (any, error) {
	who, r, err := a.admit(r)
	if err != nil {
		return nil, err
	}
	q, err := queryOf(r, who)
	if err != nil {
		return nil, err
	}
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	end, err := a.streams.begin(who)
	if err != nil {
		return nil, err
	}
	defer end()
	watch := a.watch(who.Project)
	defer watch.Close()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	s := &liveStream{api: a, out: http.NewResponseController(w), w: w, project: who.Project, ended: func() bool { return a.ended(r, who) }}
	fmt.Fprint(&s.turn, "retry: 2000\n\n")
	s.run(r.Context(), watch)
	return rest.Written, nil
}

// ended reports whether the key was revoked, the session ended, the member
// removed, or their role changed: what it may read is decided at the beginning. A
// limit that was reached, or a catalog that does not answer, is none of these.
func (a *API) ended(r *http.Request, who access.Principal) bool {
	now, err := a.door.Admit(r)
	switch heed.CodeOf(err) {
	case heed.Unauthenticated, heed.Forbidden, heed.NotFound:
		return true
	}
	return err == nil && who.Member != nil && (now.Member == nil || now.Member.Role != who.Member.Role)
}

// liveStream writes what a watch sees to one reader.
type liveStream struct {
	api     *API
	out     *http.ResponseController
	w       http.ResponseWriter
	project heed.ProjectID
	turn    bytes.Buffer
	events  int
	missed  int64
	ended   func() bool // whether the reader may read no longer
}

// run goes on until the reader leaves or may read no longer, or the server stops.
func (s *liveStream) run(ctx context.Context, watch *capture.Watch) {
	turns, alive, check := time.NewTicker(liveTurn), time.NewTicker(liveAlive), time.NewTicker(liveCheck)
	defer turns.Stop()
	defer alive.Stop()
	defer check.Stop()
	s.flush(watch)
	for {
		select {
		case <-ctx.Done():
			return
		case seen, open := <-watch.C:
			if !open {
				return
			}
			s.add(ctx, &seen)
		case <-check.C:
			if s.ended() {
				return
			}
		case <-alive.C:
			s.turn.WriteString(": alive\n\n")
		case <-turns.C:
			if !s.flush(watch) {
				return
			}
		}
	}
}

// flush writes the turn and reports whether the reader is still there.
func (s *liveStream) flush(watch *capture.Watch) bool {
	if s.missed += watch.Missed(); s.missed > 0 {
		fmt.Fprintf(&s.turn, "event: missed\ndata: %d\n\n", s.missed)
	}
	if s.turn.Len() == 0 {
		return true
	}
	_ = s.out.SetWriteDeadline(time.Now().Add(liveWrite))
	_, err := s.w.Write(s.turn.Bytes())
	s.turn.Reset()
	s.events, s.missed = 0, 0
	return err == nil && s.out.Flush() == nil
}

func (s *liveStream) add(ctx context.Context, seen *capture.Accepted) {
	if s.events++; s.events > livePage {
		s.missed++
		return
	}
	name, value, err := s.valueOf(ctx, seen)
	if err == nil && name == "" {
		return
	}
	if err != nil {
		s.missed++
		return
	}
	data, err := json.Marshal(value)
	if err != nil {
		s.missed++
		return
	}
	fmt.Fprintf(&s.turn, "event: %s\ndata: %s\n\n", name, data)
}

// valueOf returns what is told of an event, no name where that is nothing.
func (s *liveStream) valueOf(ctx context.Context, seen *capture.Accepted) (name string, value any, err error) {
	switch {
	case seen.Feedback != nil:
		value, err = s.api.feedbackOf(ctx, seen.Feedback)
		return "feedback", value, err
	case seen.Response != nil:
		return "response", responseOf(&store.Response{Response: seen.Response.Response, Received: seen.Received}), nil
	case seen.Signal != nil:
		return "signal", seen.Signal, nil
	case seen.Change != nil:
		value, err = s.api.changeOf(ctx, s.project, seen.Change)
		return "change", value, err
	}
	return "", nil, nil
}
