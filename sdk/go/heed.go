// Package heed is the Go client of Heed: feedback, events and feedback tokens.
// It uses the standard library only.
package heed

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client talks to one Heed with a secret key, or with a feedback token. Safe
// for concurrent use.
//
// A call is tried again, with the same Idempotency-Key, when the server cannot
// be reached or says that this passes (429, 502, 503, 504).
type Client struct {
	URL      string       // such as http://127.0.0.1:8080
	Key      string       // heed_sk_…, or a feedback token
	HTTP     *http.Client // http.DefaultClient, if nil
	Attempts int          // 4, if 0
}

// Error is what the server refused.
type Error struct {
	Status  int    `json:"status"`
	Code    string `json:"code"` // of Heed's list, such as invalid or rate_limited
	Message string `json:"detail"`
}

// Error returns the message.
func (e *Error) Error() string { return "heed: " + e.Message }

// Feedback is what a person says about one response. In a call, a zero field
// stays as it was; see Clear.
type Feedback struct {
	ID         string   `json:"id,omitempty"`
	ResponseID string   `json:"response_id,omitempty"` // or from the token
	TraceID    string   `json:"trace_id,omitempty"`
	Vote       string   `json:"vote,omitempty"` // up, down or none
	Score      *Score   `json:"score,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Comment    string   `json:"comment,omitempty"`
	Correction string   `json:"correction,omitempty"`
	User       string   `json:"user,omitempty"` // becomes a pseudonym
	Surface    string   `json:"surface,omitempty"`

	// Clear names fields to take back: score, tags, comment, correction.
	Clear []string `json:"-"`
}

// Score is a rating on a scale of its own.
type Score struct {
	Value float64 `json:"value"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

// State is a feedback as Heed holds it.
type State struct {
	ID            string   `json:"id"`
	ResponseID    string   `json:"response_id"`
	Vote          string   `json:"vote"`
	Score         *Score   `json:"score"`
	Tags          []string `json:"tags"`
	HasComment    bool     `json:"has_comment"`
	HasCorrection bool     `json:"has_correction"`
	Trust         string   `json:"trust"`
	Bound         bool     `json:"bound"` // its response has arrived
}

// Give gives, changes or takes back feedback. It is durable when Give returns.
func (c *Client) Give(ctx context.Context, f Feedback) (State, error) {
	var state State
	fields := map[string]any{}
	text, err := json.Marshal(f)
	if err != nil {
		return state, err
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return state, err
	}
	for _, name := range f.Clear {
		fields[name] = nil
	}
	return state, c.call(ctx, http.MethodPost, "/v1/feedback", fields, &state)
}

// Retract takes back vote, score, tags and texts.
func (c *Client) Retract(ctx context.Context, id string) (State, error) {
	var state State
	return state, c.call(ctx, http.MethodDelete, "/v1/feedback/"+url.PathEscape(id), nil, &state)
}

// Event is one event in the shape of POST /v1/events, with its type.
type Event map[string]any

// Rejected is an event that was not accepted, and why.
type Rejected struct {
	Index   int    `json:"index"`
	Code    string `json:"code"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Send sends up to 10,000 events. Every one but the rejected is durable.
func (c *Client) Send(ctx context.Context, events []Event) ([]Rejected, error) {
	var answer struct{ Rejected []Rejected }
	err := c.call(ctx, http.MethodPost, "/v1/events", map[string]any{"events": events}, &answer)
	return answer.Rejected, err
}

// Get reads path, such as /v1/stats?by=model, into value.
func (c *Client) Get(ctx context.Context, path string, value any) error {
	return c.call(ctx, http.MethodGet, path, nil, value)
}

func (c *Client) call(ctx context.Context, method, path string, body, value any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	key := make([]byte, 16)
	_, _ = rand.Read(key)
	attempts, wait := c.Attempts, 200*time.Millisecond
	if attempts == 0 {
		attempts = 4
	}
	for attempt := 1; ; attempt++ {
		after, err := c.try(ctx, method, path, hex.EncodeToString(key), text, value)
		if err == nil || after < 0 || attempt >= attempts {
			return err
		}
		select {
		case <-time.After(max(after, time.Duration((0.5+mathrand.Float64())*float64(wait)))):
		case <-ctx.Done():
			return ctx.Err()
		}
		wait *= 2
	}
}

// try makes one call. after is how long to wait before the next, and negative
// if there is no sense in one.
func (c *Client) try(ctx context.Context, method, path, key string, body []byte, value any) (after time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return -1, err
	}
	request.Header.Set("Authorization", "Bearer "+c.Key)
	request.Header.Set("Content-Type", "application/json")
	if method == http.MethodPost {
		request.Header.Set("Idempotency-Key", key)
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return -1, ctx.Err()
		}
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return 0, err
	}
	if answer.StatusCode < 300 {
		return -1, json.Unmarshal(text, value)
	}
	problem := &Error{}
	if json.Unmarshal(text, problem) != nil || problem.Code == "" {
		*problem = Error{answer.StatusCode, "internal", fmt.Sprintf("%s from something that is no Heed", answer.Status)}
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return time.Duration(seconds) * time.Second, problem
	}
	return -1, problem
}
