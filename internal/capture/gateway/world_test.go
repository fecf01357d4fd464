package gateway_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/capture/gateway"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
	"github.com/heed-ai/heed/internal/vault"
)

// memory is a spool that keeps its events in memory and can fail, and a store
// that holds none of them yet.
type memory struct {
	mu      sync.Mutex
	events  []store.Event
	appends int
	failure error
}

func (m *memory) Append(_ context.Context, events []store.Event) (store.Seq, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failure != nil {
		return 0, m.failure
	}
	first := store.Seq(len(m.events) + 1)
	m.events = append(m.events, events...)
	m.appends++
	return first, nil
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failure = err
}

func (*memory) Feedback(context.Context, heed.ProjectID, ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error) {
	return nil, nil
}

func (*memory) Arrivals(context.Context, heed.ProjectID, ...heed.Target) (map[heed.Target]store.Arrival, error) {
	return nil, nil
}

func (*memory) Receipt(context.Context, heed.ProjectID, [16]byte) (store.Receipt, error) {
	return store.Receipt{}, heed.Errorf(heed.NotFound, "not here")
}

// world is a gateway that serves, with everything before the spool as it is in
// the real server.
type world struct {
	*memory
	gateway *gateway.Gateway
	url     string // of the upstream "up", through the gateway
	key     string
	project heed.ProjectID
	others  string // a key of another project
}

// newWorld serves a gateway to an upstream, which change may set up otherwise.
func newWorld(t *testing.T, upstream string, change ...func(*gateway.Options)) *world {
	t.Helper()
	ctx, dir := audit.By(t.Context(), audit.Actor{Kind: audit.Operator}), t.TempDir()
	v, err := vault.Open(ctx, vault.Options{Dir: dir})
	check(t, err)
	catalog, err := sqlite.Open(ctx, filepath.Join(dir, "catalog.db"))
	check(t, err)
	authority := access.NewAuthority(catalog, v)
	accounts, err := access.NewAccounts(catalog)
	check(t, err)
	door, err := access.NewDoor(authority, accounts, access.Limits{SecretPerSecond: 50_000, PublicPerSecond: 1, TokenPerSecond: 1, AddressPerSecond: 100}, nil)
	check(t, err)
	w := &world{memory: &memory{}}
	project, key, _, err := authority.CreateProject(ctx, heed.Project{Name: "p"})
	check(t, err)
	w.project, w.key = project.ID, key
	_, w.others, _, err = authority.CreateProject(ctx, heed.Project{Name: "others"})
	check(t, err)
	names, err := privacy.NewPseudonymizer(make([]byte, privacy.PseudonymKeyBytes))
	check(t, err)
	recognizers, err := recognize.New(nil)
	check(t, err)
	o := gateway.Options{
		Door: door, Projects: authority, Index: command.NewIndex(names, command.DefaultLimits()),
		Intake: capture.NewIntake(capture.Options{
			Vault: v, Cleaner: privacy.NewCleaner(), Recognizers: recognizers, Spool: w.memory, Stored: w.memory, Projects: authority,
		}),
		Upstreams: map[string]gateway.Upstream{"up": {URL: upstream, API: "openai"}},
		Hold:      gateway.HoldLimits{Age: time.Hour, Bytes: 64 << 20},
		Log:       slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	w.gateway, err = gateway.New(o)
	check(t, err)
	mux := http.NewServeMux()
	w.gateway.Register(mux)
	server := httptest.NewServer(mux)
	w.url = server.URL + "/gateway/up"
	t.Cleanup(func() {
		server.Close()
		check(t, errors.Join(w.gateway.Close(), catalog.Close(), v.Close()))
	})
	return w
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask makes a call through the gateway.
func (w *world) ask(t *testing.T, ctx context.Context, path, body string, headers ...string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+path, strings.NewReader(body))
	check(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Heed-Key", w.key)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return http.DefaultClient.Do(r)
}

// said is what came back for a call.
type said struct {
	status int
	header http.Header
	text   string
	err    error // of reading it
}

// chat makes a call to chat completions and reads its answer to the end.
func (w *world) chat(t *testing.T, body string, headers ...string) said {
	t.Helper()
	resp, err := w.ask(t, t.Context(), "/v1/chat/completions", body, headers...)
	check(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return said{resp.StatusCode, resp.Header, string(text), err}
}

// recorded waits until n calls are recorded, and returns the responses.
func (w *world) recorded(t *testing.T, n int) []store.ResponsePart {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		w.mu.Lock()
		events := slices.Clone(w.events)
		w.mu.Unlock()
		if len(events) >= n || time.Since(begun) > 2*time.Minute {
			var responses []store.ResponsePart
			for _, ev := range events {
				if ev.Response != nil {
					responses = append(responses, *ev.Response)
				}
			}
			if len(responses) != n {
				t.Fatalf("%d responses are recorded, want %d", len(responses), n)
			}
			return responses
		}
	}
}

// upstream serves an upstream for the length of a test.
func upstream(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}
