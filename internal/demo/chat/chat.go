// Package chat is an AI product to try Heed with: a page with a made-up model
// and Heed's thumbs under its answers. It uses Heed as every product does, over
// HTTP with a secret key, and stores nothing by itself.
package chat

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/bundle"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
)

//go:embed page/index.html page/page.css page/page.ts
var files embed.FS

// Bounds of what a page may ask for.
const (
	maxQuestionBytes = 4 << 10
	maxAnswers       = 32 // at once
	tokenLifetime    = 24 * time.Hour
)

// Chat serves /demo. Safe for concurrent use.
type Chat struct {
	heed      string // address
	secretKey string
	client    *http.Client
	answering chan struct{} // a place for each answer under way
	signIn    SignIn
	script    func() (*bundle.File, error)
	mux       *http.ServeMux
}

// SignIn lets the browser that asks into the console.
type SignIn func(w http.ResponseWriter, r *http.Request) error

// New makes a chat that sends what it knows of its answers to the Heed at
// address, and shows Heed's console beside it.
func New(address, secretKey string, signIn SignIn) *Chat {
	c := &Chat{
		heed: address, secretKey: secretKey, client: &http.Client{Timeout: 10 * time.Second},
		answering: make(chan struct{}, maxAnswers), signIn: signIn, mux: http.NewServeMux(),
		script: sync.OnceValues(func() (*bundle.File, error) { return bundle.Build(files, "page/page.ts", bundle.Module) }),
	}
	c.mux.HandleFunc("GET /demo", c.servePage)
	c.mux.HandleFunc("GET /demo/page.css", c.serveStyle)
	c.mux.HandleFunc("GET /demo/page.js", c.serveScript)
	c.mux.HandleFunc("GET /demo/ideas", c.serveIdeas)
	c.mux.HandleFunc("GET /demo/console", c.serveConsole)
	c.mux.HandleFunc("POST /demo/chat", c.serveAnswer)
	return c
}

// ServeHTTP serves what is below /demo.
func (c *Chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "+
		"form-action 'none'; base-uri 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	c.mux.ServeHTTP(w, r)
}

func (c *Chat) servePage(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "page/index.html")
}

func (c *Chat) serveStyle(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "page/page.css")
}

func (c *Chat) serveScript(w http.ResponseWriter, r *http.Request) {
	script, err := c.script()
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	script.ServeHTTP(w, r)
}

func (c *Chat) serveIdeas(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(ideas())
}

// serveConsole opens the console, for whoever opens the demo.
func (c *Chat) serveConsole(w http.ResponseWriter, r *http.Request) {
	if err := c.signIn(w, r); err != nil {
		rest.WriteProblem(w, err)
		return
	}
	page := "/overview"
	switch r.URL.Query().Get("to") {
	case "live":
		page = "/live"
	case "tour":
		page = "/overview?tour=1"
	}
	http.Redirect(w, r, page, http.StatusSeeOther)
}

// call asks Heed.
func (c *Chat) call(ctx context.Context, method, path string, body any) (*http.Response, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, c.heed+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.secretKey)
	request.Header.Set("Content-Type", "application/json")
	return c.client.Do(request)
}

// serveAnswer streams an answer as lines of JSON: first its id and the token to
// rate it with, then its words.
func (c *Chat) serveAnswer(w http.ResponseWriter, r *http.Request) {
	select {
	case c.answering <- struct{}{}:
		defer func() { <-c.answering }()
	default:
		rest.WriteProblem(w, &heed.Error{Code: heed.RateLimited, Message: "the demo answers others: try again", RetryAfter: time.Second})
		return
	}
	var asked struct{ Question, Visitor string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxQuestionBytes)).Decode(&asked); err != nil {
		rest.WriteProblem(w, heed.Wrap(heed.Invalid, err, "the question could not be read"))
		return
	}
	a := &answer{id: heed.ResponseID("demo-chat-" + strings.ToLower(rand.Text()[:12])), question: asked.Question, line: lineFor(asked.Question), began: time.Now()}
	issued := time.Now().Truncate(time.Second)
	token, err := access.Mint(c.secretKey, access.Claims{ResponseID: a.id, User: privacy.NewRaw(asked.Visitor), IssuedAt: issued, ExpiresAt: issued.Add(tokenLifetime)})
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	say := func(value any) error {
		if err := json.NewEncoder(w).Encode(value); err != nil {
			return err
		}
		return http.NewResponseController(w).Flush()
	}
	_ = say(map[string]string{"response_id": string(a.id), "token": token})
	err = a.stream(r.Context(), func(word string) error { return say(map[string]string{"text": word}) })
	if err == nil && a.line.problem != "" {
		_ = say(map[string]string{"failed": a.line.problem})
	}
	if err := c.report(context.WithoutCancel(r.Context()), a, err); err != nil {
		_ = say(map[string]string{"failed": " (Heed could not be told how this answer went.)"})
	}
	_ = say(map[string]bool{"ended": true})
}

// answer is one answer under way.
type answer struct {
	id       heed.ResponseID
	question string
	line     line
	began    time.Time
	first    time.Duration // until the first word
	words    int
	said     strings.Builder
}

// stream says the words one by one, as a model does.
func (a *answer) stream(ctx context.Context, say func(string) error) error {
	wait := a.line.wait
	for _, word := range strings.SplitAfter(a.line.answer, " ") {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		if a.words++; a.words == 1 {
			a.first = time.Since(a.began)
		}
		a.said.WriteString(word)
		if err := say(word); err != nil {
			return err
		}
		wait = a.line.pause
	}
	return nil
}

// report tells Heed how the answer went, as a product's telemetry does.
func (c *Chat) report(ctx context.Context, a *answer, broken error) error {
	event := map[string]any{
		"type": "response", "response_id": a.id, "time": a.began, "operation": "chat", "provider": "northwind", "model": "aurora-2",
		"feature": "demo-chat", "prompt_name": "shop", "prompt_version": "v1", "environment": "demo", "status": heed.StatusOK,
		"duration_ms": milliseconds(time.Since(a.began)), "output_tokens": a.words,
		"input": []map[string]string{{"role": "user", "content": a.question}}, "output": a.said.String(),
	}
	if a.words > 0 {
		event["ttft_ms"] = milliseconds(a.first)
	}
	switch {
	case broken != nil:
		event["status"], event["error_type"] = heed.StatusError, "cancelled"
	case a.line.failure != "":
		event["status"], event["error_type"], event["error_code"] = heed.StatusError, a.line.failure, a.line.code
	}
	answer, err := c.call(ctx, http.MethodPost, "/v1/events", map[string]any{"events": []any{event}})
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("heed answered %s to the demo's telemetry", answer.Status)
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
