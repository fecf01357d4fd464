package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Tokens that the GitHub of these tests knows.
const (
	gitHubToken  = "github_pat_11ABCDEFG0wombat_writesIssues"
	gitHubReader = "github_pat_11ABCDEFG0numbat_readsIssues"
)

// gitHub answers as GitHub Enterprise Server does, as far as Heed asks it.
type gitHub struct {
	t   *testing.T
	url string

	mu       sync.Mutex
	tokens   map[string]bool // may write
	id       int64           // of the one repository
	name     string
	was      []string // names it had
	archived bool
	noIssues bool
	ends     string // when tokens end
	issues   []*gitHubIssue
	now      time.Time
	refuse   func(w http.ResponseWriter, r *http.Request) bool // answers instead, if it returns true
	made     func()                                            // called when an issue is made, before that is answered
	created  int                                               // calls that made an issue
}

type gitHubIssue struct {
	Number    int64      `json:"number"`
	Title     string     `json:"title"`
	Body      string     `json:"body"`
	Labels    []string   `json:"-"`
	URL       string     `json:"html_url"`
	State     string     `json:"state"`
	Reason    *string    `json:"state_reason"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	ClosedAt  *time.Time `json:"closed_at"`

	gone string // deleted or transferred
}

func newGitHub(t *testing.T) *gitHub {
	t.Helper()
	g := &gitHub{
		t: t, tokens: map[string]bool{gitHubToken: true, gitHubReader: false}, id: 1296269, name: "acme/app", ends: time.Now().AddDate(0, 3, 0).UTC().Format("2006-01-02 15:04:05 MST"),
		now: time.Now().UTC().Truncate(time.Second),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v3/repos/{owner}/{repo}", g.serveRepository)
	mux.HandleFunc("GET /api/v3/repositories/{id}", g.serveRepository)
	mux.HandleFunc("POST /api/v3/repos/{owner}/{repo}/issues", g.serveNewIssue)
	mux.HandleFunc("GET /api/v3/repos/{owner}/{repo}/issues", g.serveIssues)
	mux.HandleFunc("GET /api/v3/repos/{owner}/{repo}/issues/{number}", g.serveIssue)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		refuse := g.refuse
		g.mu.Unlock()
		if refuse != nil && refuse(w, r) {
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

func sayGitHub(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuseGitHub(w http.ResponseWriter, status int, message string) {
	sayGitHub(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"})
}

// change changes what GitHub has.
func (g *gitHub) change(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
}

// enter looks at the token and the repository of a call; false: it is answered.
func (g *gitHub) enter(w http.ResponseWriter, r *http.Request) (writes, ok bool) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	writes, known := g.tokens[token]
	name := r.PathValue("owner") + "/" + r.PathValue("repo")
	switch {
	case r.Header.Get("User-Agent") == "" || r.Header.Get("X-GitHub-Api-Version") == "":
		refuseGitHub(w, 403, "Request forbidden by administrative rules")
	case !known:
		refuseGitHub(w, 401, "Bad credentials")
	case slices.Contains(g.was, name):
		w.Header().Set("Location", fmt.Sprintf("%s/api/v3/repositories/%d", g.url, g.id))
		refuseGitHub(w, 301, "Moved Permanently")
	case r.PathValue("id") != strconv.FormatInt(g.id, 10) && !strings.EqualFold(name, g.name):
		refuseGitHub(w, 404, "Not Found")
	default:
		w.Header().Set("GitHub-Authentication-Token-Expiration", g.ends)
		return writes, true
	}
	return false, false
}

func (g *gitHub) serveRepository(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.enter(w, r); ok {
		sayGitHub(w, 200, map[string]any{"id": g.id, "full_name": g.name, "private": true, "archived": g.archived, "has_issues": !g.noIssues})
	}
}

func (g *gitHub) serveNewIssue(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Title, Body string
		Labels      []string
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	g.mu.Lock()
	writes, ok := g.enter(w, r)
	switch {
	case !ok:
	case !writes:
		refuseGitHub(w, 403, "Resource not accessible by personal access token")
	case g.noIssues:
		refuseGitHub(w, 410, "Issues has been disabled in this repository.")
	case in.Title == "":
		refuseGitHub(w, 422, `Invalid request. "title" wasn't supplied.`)
	default:
		issue := &gitHubIssue{Number: int64(len(g.issues)) + 12, Title: in.Title, Body: in.Body, Labels: in.Labels, State: "open", CreatedAt: g.now, UpdatedAt: g.now}
		issue.URL = fmt.Sprintf("https://github.example.com/%s/issues/%d", g.name, issue.Number)
		g.issues = append(g.issues, issue)
		g.created++
		made := g.made
		g.mu.Unlock()
		if made != nil {
			made()
		}
		sayGitHub(w, 201, issue)
		return
	}
	g.mu.Unlock()
}

func (g *gitHub) serveIssues(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.enter(w, r); !ok {
		return
	}
	since, err := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
	if err != nil {
		g.t.Errorf("asked for issues since %v", err)
	}
	page := []*gitHubIssue{}
	for _, issue := range slices.Backward(g.issues) {
		if issue.gone == "" && !issue.UpdatedAt.Before(since) {
			page = append(page, issue)
		}
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	each, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	page = page[min(len(page), (n-1)*each):]
	sayGitHub(w, 200, page[:min(len(page), each)])
}

func (g *gitHub) serveIssue(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.enter(w, r); !ok {
		return
	}
	n, _ := strconv.ParseInt(r.PathValue("number"), 10, 64)
	at := slices.IndexFunc(g.issues, func(i *gitHubIssue) bool { return i.Number == n })
	switch {
	case at < 0:
		refuseGitHub(w, 404, "Not Found")
	case g.issues[at].gone == "transferred":
		w.Header().Set("Location", g.url+"/api/v3/repositories/99/issues/1")
		refuseGitHub(w, 301, "Moved Permanently")
	case g.issues[at].gone == "deleted":
		refuseGitHub(w, 410, "This issue was deleted")
	default:
		sayGitHub(w, 200, g.issues[at])
	}
}

// turn takes an issue to a state, n seconds after everything began, and returns
// what a webhook tells of that.
func (g *gitHub) turn(number int64, action, state, reason string, n int) map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.now.Add(time.Duration(n) * time.Second)
	issue := g.issues[slices.IndexFunc(g.issues, func(i *gitHubIssue) bool { return i.Number == number })]
	issue.State, issue.Reason, issue.ClosedAt, issue.UpdatedAt = state, nil, nil, at
	if reason != "" {
		issue.Reason = &reason
	}
	if state == "closed" {
		issue.ClosedAt = &at
	}
	told := *issue
	return map[string]any{
		"action": action, "issue": told, "repository": map[string]any{"id": g.id, "full_name": g.name}, "sender": map[string]any{"login": "wombat"},
	}
}

// gitHubWorld is a server whose project is connected to a repository.
type gitHubWorld struct {
	*findingWorld
	github *gitHub
	config string
	path   string // of the webhook
	secret string
	sent   int // deliveries
}

func newGitHubWorld(t *testing.T) *gitHubWorld {
	t.Helper()
	dir := t.TempDir()
	w := &gitHubWorld{github: newGitHub(t), config: filepath.Join(t.TempDir(), "heed.yaml")}
	w.findingWorld = &findingWorld{t: t, dir: dir, keys: createProject(t, dir, "p")}
	if err := os.WriteFile(w.config, []byte("outbound:\n  allow_private: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.begin()
	w.cookie = w.member(dir, "ada", "reviewer")
	return w
}

func (w *gitHubWorld) begin() {
	w.t.Helper()
	w.server = serve(w.t, w.dir, "--config", w.config)
}

// put calls as the application, which may manage, and wants a status.
func (w *gitHubWorld) put(want int, body string) answer {
	w.t.Helper()
	got := call(w.t, http.MethodPut, w.server.url+"/v1/integrations/github", body, bearer(w.keys.SecretKey)...)
	if got.status != want {
		w.t.Fatalf("%s: %d %s, want %d", body, got.status, got.text, want)
	}
	if secret, ok := got.body["webhook_secret"].(string); ok {
		w.path, w.secret = got.body["path"].(string), secret
	}
	return got
}

// connect connects the repository with a token.
func (w *gitHubWorld) connect() {
	w.t.Helper()
	w.put(http.StatusOK, fmt.Sprintf(`{"api":%q,"repository":"acme/app","token":%q,"labels":["ai-feedback"]}`, w.github.url+"/api/v3", gitHubToken))
}

// finding makes a finding and returns its path.
func (w *gitHubWorld) finding(title string) string {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"title": title, "measure": map[string]any{"tag": "incorrect"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return "/v1/findings/" + w.want(http.StatusCreated, http.MethodPost, "/v1/findings", string(body))["id"].(string)
}

// hears sends what a webhook tells, signed, and returns the status.
func (w *gitHubWorld) hears(event string, payload any, delivery string) int {
	w.t.Helper()
	body, err := json.Marshal(payload)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.hearsRaw(event, string(body), w.secret, delivery).status
}

func (w *gitHubWorld) hearsRaw(event, body, secret, delivery string) answer {
	w.t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	if delivery == "" {
		w.sent++
		delivery = fmt.Sprintf("72d3162e-cc78-11e3-81ab-%012d", w.sent)
	}
	return call(w.t, http.MethodPost, w.server.url+w.path, body, "Content-Type", "application/json", "X-GitHub-Event", event, "X-GitHub-Delivery", delivery,
		"X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

// issue reads what is known of the issue of a finding; nil: nothing.
func (w *gitHubWorld) issue(path string) map[string]any {
	w.t.Helper()
	github, _ := w.want(http.StatusOK, http.MethodGet, path, "")["github"].(map[string]any)
	issue, _ := github["issue"].(map[string]any)
	return issue
}

// wantIssue wants the issue of a finding to be so, as state and reason.
func (w *gitHubWorld) wantIssue(what, path, want string) {
	w.t.Helper()
	issue := w.issue(path)
	reason, _ := issue["reason"].(string)
	if got := strings.TrimSpace(fmt.Sprint(issue["state"], " ", reason)); got != want {
		w.t.Errorf("%s: %s, want %s", what, got, want)
	}
}
