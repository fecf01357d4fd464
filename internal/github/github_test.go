package github_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/github"
)

// answering is a GitHub that answers every call alike.
func answering(t *testing.T, status int, body string, headers ...string) (*github.Client, github.Access, *http.Request) {
	t.Helper()
	asked := &http.Request{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = *r.Clone(t.Context())
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return github.New(true), github.Access{API: server.URL + "/api/v3/", Token: "ghp_wombat"}, asked
}

func TestProblems(t *testing.T) {
	soon := fmt.Sprint(time.Now().Add(20 * time.Minute).Unix())
	for _, c := range []struct {
		name    string
		status  int
		body    string
		headers []string
		want    github.Kind
		after   time.Duration // at most, and at least a tenth less
		unknown bool
	}{
		{"revoked", 401, `{"message":"Bad credentials"}`, nil, github.Unauthorized, 0, false},
		{"not permitted", 403, `{"message":"Resource not accessible by personal access token"}`, nil, github.Forbidden, 0, false},
		{"single sign-on", 403, `{}`, []string{"X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso"}, github.SignOn, 0, false},
		{"not there", 404, `{"message":"Not Found"}`, nil, github.Missing, 0, false},
		{"renamed", 301, `{}`, []string{"Location", "https://api.github.com/repositories/7"}, github.Moved, 0, false},
		{"renamed, of a POST", 307, `{}`, []string{"Location", "https://api.github.com/repositories/7"}, github.Moved, 0, false},
		{"issues off", 410, `{}`, nil, github.Gone, 0, false},
		{"no sense", 422, `{}`, nil, github.Invalid, 0, false},
		{"all calls used", 403, `{}`, []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", soon}, github.Limited, 20 * time.Minute, false},
		{"all calls used, as 429", 429, `{}`, []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", soon}, github.Limited, 20 * time.Minute, false},
		{"too fast", 403, `{}`, []string{"Retry-After", "90"}, github.Limited, 90 * time.Second, false},
		{"too fast, with calls left", 429, `{}`, []string{"X-RateLimit-Remaining", "12", "X-RateLimit-Reset", soon}, github.Limited, time.Minute, false},
		{"too fast, in words", 403, `{"message":"You have exceeded a secondary rate limit"}`, nil, github.Limited, time.Minute, false},
		{"for ever", 429, `{}`, []string{"Retry-After", "2000000000"}, github.Limited, 2 * time.Hour, false},
		{"trouble", 502, `<html>`, nil, github.Failed, 0, true},
		{"no answer of GitHub's", 200, `<html>`, nil, github.Strange, 0, true},
		{"another status", 204, ``, nil, github.Strange, 0, true},
		{"no issue", 200, `{"number":0,"state":"open"}`, nil, github.Strange, 0, true},
		{"too long", 200, `{"body":"` + strings.Repeat("x", 3<<20) + `"}`, nil, github.Strange, 0, true},
		{"a link that runs", 200, `{"number":1,"state":"open","html_url":"javascript:alert(1)","updated_at":"2026-03-01T12:00:00Z"}`, nil, github.Strange, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, access, _ := answering(t, c.status, c.body, c.headers...)
			_, err := client.Issue(t.Context(), access, "acme/app", 12)
			p, ok := errors.AsType[*github.Problem](err)
			if !ok || p.Kind != c.want || p.Unknown != c.unknown || p.After > c.after || p.After < c.after*9/10 {
				t.Errorf("%+v (%v)", p, err)
			}
			if ok && strings.Contains(p.Error(), "message") {
				t.Errorf("it says what was answered: %s", p.Error())
			}
		})
	}
}

func TestRepository(t *testing.T) {
	const said = `{"id":1296269,"full_name":"acme/app","private":true,"archived":false,"has_issues":true}`
	for ends, want := range map[string]time.Time{
		"":                          {},
		"2026-12-31 23:59:59 UTC":   time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC),
		"2026-12-31 15:59:59 -0800": time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC),
		"soon":                      {},
	} {
		client, access, asked := answering(t, 200, said, "GitHub-Authentication-Token-Expiration", ends)
		got, err := client.Repository(t.Context(), access, "acme/app")
		if diff := cmp.Diff(github.Repository{ID: 1296269, Name: "acme/app", Private: true, HasIssues: true, TokenEndsAt: want}, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", ends, err, diff)
		}
		if h := asked.Header; asked.URL.Path != "/api/v3/repos/acme/app" || h.Get("Authorization") != "Bearer ghp_wombat" || h.Get("X-GitHub-Api-Version") == "" || h.Get("User-Agent") != "Heed" {
			t.Errorf("asked %s with %v", asked.URL, h)
		}
	}
	// What may write is told from what may not by a call that makes nothing.
	for status, want := range map[int]github.Kind{422: "", 403: github.Forbidden, 410: github.Gone, 201: github.Strange} {
		client, access, asked := answering(t, status, `{"message":"Validation Failed"}`)
		err := client.MayOpenIssues(t.Context(), access, "acme/app")
		p, _ := errors.AsType[*github.Problem](err)
		if want == "" && err != nil || want != "" && (p == nil || p.Kind != want) || asked.Method != http.MethodPost {
			t.Errorf("%d: %v", status, err)
		}
	}
	private, access, _ := answering(t, 200, said)
	_ = private
	_, err := github.New(false).Repository(t.Context(), access, "acme/app")
	if p, ok := errors.AsType[*github.Problem](err); !ok || p.Kind != github.Private || p.Unknown {
		t.Errorf("a private address: %v", err)
	}
	for location, want := range map[string]int64{
		"https://api.github.com/repositories/7": 7, "/repositories/8": 8, "https://ghe.example.com/api/v3/repositories/9": 9,
		"": 0, "https://api.github.com/repositories/-1": 0, "https://api.github.com/repos/a/b": 0, ":": 0, "https://evil.example/?repositories/7": 0,
	} {
		if got := (&github.Problem{Location: location}).MovedTo(); got != want {
			t.Errorf("%s leads to %d", location, got)
		}
	}
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"acme/app": true, "a-b_c/d.e-f_g": true, "acme/.github": true,
		"": false, "acme": false, "acme/": false, "/app": false, "acme/app/x": false, "acme/..": false, "acme/.": false, "ac me/app": false,
		"acme/app?x": false, "a.b/app": false, strings.Repeat("a", 101) + "/b": false, "acme/äpp": false, "acme/app\n": false,
	} {
		if got := github.IsName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// TestIssueWith: the issue that came first with the mark, over pages, and no
// further back than asked.
func TestIssueWith(t *testing.T) {
	birth := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		all   int            // issues, one a minute
		marks map[int]string // by number
		since time.Time
		want  int64
		pages int
		kind  github.Kind
	}{
		{"none at all", 0, nil, birth, 0, 1, ""},
		{"on the first page", 120, map[int]string{120: "M"}, birth.Add(100 * time.Minute), 120, 1, ""},
		{"two pages back", 120, map[int]string{10: "M"}, birth, 10, 3, ""},
		{"the first of two", 60, map[int]string{20: "M", 55: "M"}, birth, 20, 2, ""},
		{"another mark", 60, map[int]string{20: "m", 55: "N"}, birth, 0, 2, ""},
		{"too far back", 3000, map[int]string{1: "M"}, birth, 0, 40, github.TooMany},
	} {
		t.Run(c.name, func(t *testing.T) {
			pages := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				pages++
				q := r.URL.Query()
				if q.Get("state") != "all" || q.Get("sort") != "created" || q.Get("direction") != "desc" || q.Get("since") != c.since.Format(time.RFC3339) || q.Get("per_page") != "50" {
					t.Errorf("asked for %s", r.URL.RawQuery)
				}
				var page []string
				for n := c.all - (pages-1)*50; n > 0 && len(page) < 50; n-- {
					at := birth.Add(time.Duration(n) * time.Minute).Format(time.RFC3339)
					page = append(page, fmt.Sprintf(`{"number":%d,"html_url":"https://github.com/acme/app/issues/%d","state":"open","state_reason":null,"body":%q,"created_at":%q,"updated_at":%q,"closed_at":null}`,
						n, n, "text "+c.marks[n]+" text", at, at))
				}
				fmt.Fprintf(w, "[%s]", strings.Join(page, ","))
			}))
			defer server.Close()
			got, ok, err := github.New(true).IssueWith(t.Context(), github.Access{API: server.URL}, "acme/app", "M", c.since)
			p, _ := errors.AsType[*github.Problem](err)
			if c.kind == "" && err != nil || c.kind != "" && (p == nil || p.Kind != c.kind) || ok != (c.want > 0) || got.Number != c.want || pages != c.pages {
				t.Errorf("found %d (%v) in %d pages: %v", got.Number, ok, pages, err)
			}
		})
	}
}

// TestSigned holds a signature against the one in GitHub's documentation.
func TestSigned(t *testing.T) {
	secret, body := []byte("It's a Secret to Everybody"), []byte("Hello, World!")
	const good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	for _, c := range []struct {
		name         string
		secret, body []byte
		signature    string
		want         bool
	}{
		{"as documented", secret, body, good, true},
		{"another body", secret, []byte("Hello, world!"), good, false},
		{"another secret", []byte("x"), body, good, false},
		{"no secret", nil, body, good, false},
		{"none", secret, body, "", false},
		{"of another kind", secret, body, strings.Replace(good, "sha256=", "sha1=", 1), false},
		{"cut off", secret, body, good[:40], false},
		{"no hex", secret, body, "sha256=" + strings.Repeat("zz", 32), false},
	} {
		if got := github.Signed(c.secret, c.body, c.signature); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

const closedEvent = `{"action":"closed","issue":{"number":12,"html_url":"https://github.com/acme/app/issues/12","state":"closed","state_reason":"not_planned","title":"<script>",
	"body":null,"created_at":"2026-03-01T12:00:00Z","updated_at":"2026-03-02T12:00:01Z","closed_at":"2026-03-02T12:00:00Z","user":{"login":"x"}},
	"repository":{"id":1296269,"full_name":"acme/app"},"sender":{"login":"y"}}`

func TestReadEvent(t *testing.T) {
	form := "payload=" + strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", "\n", "%0A", " ", "+").Replace(closedEvent)
	for media, body := range map[string]string{"application/json": closedEvent, "application/json; charset=utf-8": closedEvent, "application/x-www-form-urlencoded": form} {
		e, err := github.ReadEvent(media, []byte(body))
		if err != nil || e.Action != "closed" || e.Repository.ID != 1296269 || e.Repository.Name != "acme/app" || e.Issue.Number != 12 || e.Issue.State != heed.IssueClosed ||
			e.Issue.Reason != heed.IssueNotPlanned || !e.Issue.Since().Equal(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v (%v)", media, e, err)
		}
	}
	for name, body := range map[string]string{
		"nothing": "", "no JSON": "{", "a list": "[]", "no issue": `{"action":"closed","repository":{"id":1,"full_name":"a/b"}}`,
		"no repository": strings.Replace(closedEvent, `"id":1296269`, `"id":0`, 1), "a state that is none": strings.Replace(closedEvent, `"state":"closed"`, `"state":"gone"`, 1),
		"a link that runs": strings.Replace(closedEvent, "https://github.com/acme", "javascript:", 1), "a number that is none": strings.Replace(closedEvent, `"number":12`, `"number":-12`, 1),
	} {
		if _, err := github.ReadEvent("application/json", []byte(body)); heed.CodeOf(err) != heed.Invalid || strings.Contains(err.Error(), "12") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := github.ReadEvent("", []byte(closedEvent)); heed.CodeOf(err) != heed.Invalid {
		t.Errorf("without a type: %v", err)
	}
	// Reasons that are none, or not known yet, are no reason.
	for state, reasons := range map[string]map[string]heed.IssueReason{
		"closed": {"completed": heed.IssueCompleted, "duplicate": heed.IssueDuplicate, "reopened": "", "new_thing": ""}, "open": {"reopened": "", "completed": ""},
	} {
		for reason, want := range reasons {
			body := strings.NewReplacer(`"state":"closed"`, `"state":"`+state+`"`, "not_planned", reason).Replace(closedEvent)
			if e, err := github.ReadEvent("application/json", []byte(body)); err != nil || e.Issue.Reason != want {
				t.Errorf("%s because %s: %+v (%v)", state, reason, e.Issue, err)
			}
		}
	}
}

func FuzzReadEvent(f *testing.F) {
	f.Add("application/json", []byte(closedEvent))
	f.Add("application/x-www-form-urlencoded", []byte("payload="+closedEvent))
	f.Add("application/json", []byte(`{"issue":{"closed_at":"9999-12-31T23:59:59Z"}}`))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		e, err := github.ReadEvent(media, body)
		if err != nil {
			if heed.CodeOf(err) != heed.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		if e.Issue.Number <= 0 || e.Repository.ID <= 0 || !strings.HasPrefix(strings.ToLower(e.Issue.URL), "http") || !github.IsName(e.Repository.Name) {
			t.Errorf("taken: %+v", e)
		}
	})
}
