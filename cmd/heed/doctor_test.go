package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Keys of the right form that no server has made.
const (
	wellFormedSecret      = "heed_sk_Vectors1_ForTestVectorsOnlyNeverInService34mXXU"
	wellFormedPublishable = "heed_pk_Vectors3_ForTestVectorsOnlyNeverInService2v4maY"
	pageOrigin            = "https://app.example.com"
)

// patient is a server for the doctor to look at, with what is wrong with it.
type patient struct {
	*httptest.Server
	stranger   bool // something else answers
	clock      time.Duration
	starting   bool
	revoked    bool // the keys
	closed     bool // to every origin
	forgetful  bool // what was written cannot be read
	oldVersion bool
	alone      bool // no provider is reached
	recognizer string
	silent     bool // the recogniser
	deaf       bool // endpoints take nothing
	endpoints  string
	alerts     string
	retention  string
	github     string
	reviews    string
	audit      string

	wrote []string
	votes map[string]string
}

func newPatient(t *testing.T) *patient {
	p := &patient{votes: map[string]string{}, reviews: `{"items":[{"number":3,"due":"2026-03-05T09:00:00Z","overdue":false}],"next":"","waiting":false}`,
		endpoints: `{"items":[{"id":"ept_1","state":"active","events":["alert.*"]}]}`, alerts: `{"items":[]}`,
		retention: `{"clock":"trusted","now":"2026-03-05T12:00:00Z","last_run":"2026-03-05T03:00:00Z","next_run":"2026-03-06T03:00:00Z"}`,
		audit:     `{"now":"2026-03-05T12:30:00Z","records":31,"log":{"at":"2026-03-05T12:00:00Z","records":31}}`}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().Add(p.clock).UTC().Format(http.TimeFormat))
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	origin := r.Header.Get("Origin")
	say := func(status int, text string) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
	switch {
	case p.stranger:
		say(404, "<h1>Not found</h1>")
	case r.URL.Path == "/healthz":
		say(200, "ok\n")
	case r.URL.Path == "/readyz" && p.starting:
		say(503, "starting or stopping\n")
	case r.URL.Path == "/readyz":
		say(200, "ready\n")
	case r.URL.Path == "/openapi.json" && p.oldVersion:
		say(200, `{"info":{"title":"Heed","version":"v0.1.0"}}`)
	case r.URL.Path == "/openapi.json":
		say(200, `{"info":{"title":"Heed","version":"`+version()+`"}}`)
	case r.Method == http.MethodOptions:
		if origin == pageOrigin && !p.closed {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Methods", "POST, DELETE")
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		}
		say(204, "")
	case p.revoked:
		say(401, `{"code":"unauthenticated","status":401,"detail":"this key is not known here or was revoked"}`)
	case bearer == wellFormedPublishable && (origin != pageOrigin || p.closed):
		say(403, `{"code":"forbidden","status":403,"detail":"this page's origin may not use this key"}`)
	default:
		p.serveFeedback(w, say, bearer, r)
	}
}

func (p *patient) serveFeedback(w http.ResponseWriter, say func(int, string), bearer string, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/v1/feedback/")
	switch route := r.Method + " " + r.URL.Path; {
	case route == "POST /v1/traces" && r.Header.Get("X-Heed-Key") == wellFormedSecret:
		say(200, "{}")
	case route == "GET /gateway/openai/v1/models" && r.Header.Get("X-Heed-Key") == wellFormedSecret && p.alone:
		say(502, `{"type":"error","error":{"type":"api_error","code":"upstream_unreachable","message":"-"}}`)
	case route == "GET /gateway/openai/v1/models" && r.Header.Get("X-Heed-Key") == wellFormedSecret:
		say(401, `{"error":{"message":"You didn't provide an API key."}}`)
	case route == "GET /api/public/projects":
		say(200, `{"data":[{"id":"prj_1","name":"p"}]}`)
	case route == "DELETE /feedback/doctor-none" && r.Header.Get("X-Api-Key") == wellFormedSecret:
		say(404, `{"detail":"there is no such feedback"}`)
	case route == "POST /v1/span_annotations" && r.Header.Get("Api_key") == wellFormedSecret:
		say(200, `{"data":[]}`)
	case strings.HasPrefix(r.URL.Path, "/gateway/"):
		w.Header().Set("Content-Type", "application/problem+json")
		say(404, `{"code":"not_found","status":404,"detail":"there is no upstream of this name: gateway.upstreams in the configuration names them"}`)
	case route == "GET /v1/feedback" && bearer == wellFormedSecret:
		say(200, `{"items":[],"next":""}`)
	case route == "GET /v1/reviews" && bearer == wellFormedSecret:
		say(200, p.reviews)
	case route == "GET /v1/project" && bearer == wellFormedSecret:
		say(200, `{"id":"prj_1","privacy":{"recognizer":"`+p.recognizer+`"},"recognizers":["presidio"]}`)
	case route == "GET /v1/integrations/github" && p.github != "":
		say(200, p.github)
	case route == "GET /v1/endpoints" && p.deaf:
		say(200, `{"items":[{"id":"ept_1","state":"disabled","reason":"gone"},{"id":"ept_2","state":"disabled","reason":"failing"},`+
			`{"id":"ept_3","state":"active","failing_since":"2026-03-01T12:00:00Z"},{"id":"ept_4","state":"active"}]}`)
	case route == "GET /v1/endpoints" && bearer == wellFormedSecret:
		say(200, p.endpoints)
	case route == "GET /v1/alerts" && bearer == wellFormedSecret:
		say(200, p.alerts)
	case route == "GET /v1/retention" && bearer == wellFormedSecret:
		say(200, p.retention)
	case route == "GET /v1/audit/published" && bearer == wellFormedSecret && p.audit != "":
		say(200, p.audit)
	case route == "POST /v1/redact" && p.silent:
		say(503, `{"code":"unavailable","status":503,"detail":"the recogniser of the project did not answer as it should"}`)
	case route == "POST /v1/redact":
		say(200, `{"text":"My name is [NAME_1].","findings":[]}`)
	case route == "POST /v1/events":
		var batch struct{ Events []any }
		if json.NewDecoder(r.Body).Decode(&batch) != nil || batch.Events == nil || len(batch.Events) > 0 {
			p.wrote = append(p.wrote, route)
		}
		say(200, `{"accepted":0,"rejected":[]}`)
	case route == "POST /v1/feedback" && strings.HasPrefix(bearer, "eyJ"):
		p.wrote = append(p.wrote, route)
		p.votes["fb_1"] = "up"
		say(201, `{"id":"fb_1","vote":"up"}`)
	case p.votes[id] != "" && r.Method == http.MethodDelete && bearer == wellFormedSecret:
		p.wrote = append(p.wrote, "DELETE")
		p.votes[id] = "none"
		say(200, `{"id":"fb_1","vote":"none"}`)
	case p.votes[id] != "" && r.Method == http.MethodGet && bearer == wellFormedSecret && !p.forgetful:
		say(200, `{"id":"fb_1","vote":"`+p.votes[id]+`"}`)
	default:
		say(404, `{"code":"not_found","status":404,"detail":"there is nothing here"}`)
	}
}

// visit is one call on the doctor.
type visit struct {
	name    string
	server  func(*patient)
	command func(*doctorCommand)
	data    func(t *testing.T, dir string)
	free    uint64
	wrote   []string
}

func visits() []visit {
	return []visit{
		{name: "well"},
		{name: "well_everything", command: func(c *doctorCommand) {
			c.Write, c.Origin, c.PublishableKey, c.Gateway = true, pageOrigin, wellFormedPublishable, "openai"
		}, wrote: []string{"POST /v1/feedback", "DELETE"}},
		{name: "version", server: func(p *patient) { p.oldVersion = true }},
		{name: "gateway_alone", server: func(p *patient) { p.alone = true }, command: func(c *doctorCommand) { c.Gateway = "openai" }},
		{name: "gateway_nobody", command: func(c *doctorCommand) { c.Gateway = "nobody" }},
		{name: "recognizer", server: func(p *patient) { p.recognizer = "presidio" }},
		{name: "recognizer_silent", server: func(p *patient) { p.recognizer, p.silent = "presidio", true }},
		{name: "github", server: func(p *patient) {
			p.github = `{"connected":true,"repository":"acme/app","heard_at":"2026-03-01T12:00:00Z","token_ends_at":"2999-01-01T00:00:00Z"}`
		}},
		{name: "github_silent", server: func(p *patient) { p.github = `{"connected":true,"repository":"acme/app"}` }},
		{name: "github_ended", server: func(p *patient) {
			p.github = `{"connected":true,"repository":"acme/app","token_ends_at":"2026-03-01T12:00:00Z"}`
		}},
		{name: "endpoints_deaf", server: func(p *patient) { p.deaf = true }},
		{name: "endpoints_paused", server: func(p *patient) {
			p.endpoints = `{"items":[{"id":"ept_1","state":"paused","events":["alert.fired"]},{"id":"ept_2","state":"active","events":["finding.*"]}]}`
		}},
		{name: "alerts_told", server: func(p *patient) { p.alerts = `{"items":[{"id":"alt_1"},{"id":"alt_2"}]}` }},
		{name: "alerts_untold", server: func(p *patient) {
			p.alerts, p.endpoints = `{"items":[{"id":"alt_1"}]}`, `{"items":[{"id":"ept_1","state":"paused","events":["alert.fired"]},{"id":"ept_2","state":"active","events":["finding.*"]}]}`
		}},
		{name: "alerts_console", server: func(p *patient) { p.alerts, p.endpoints = `{"items":[{"id":"alt_1"}]}`, `{"items":[]}` }},
		{name: "retention_clock", server: func(p *patient) { p.retention = `{"clock":"jumped","now":"2026-03-09T12:00:00Z"}` }},
		{name: "retention_late", server: func(p *patient) {
			p.retention = `{"clock":"trusted","now":"2026-03-09T12:00:00Z","next_run":"2026-03-09T03:00:00Z"}`
		}},
		{name: "retention_file", server: func(p *patient) {
			p.retention = `{"clock":"trusted","now":"2026-03-09T02:00:00Z","next_run":"2026-03-09T03:00:00Z","file":{"trouble":"the disk has no room for a second file"}}`
		}},
		{name: "audit_newer", server: func(p *patient) {
			p.audit = `{"now":"2026-03-05T12:30:00Z","records":31,"log":{"at":"2026-03-05T12:00:00Z","records":28,"waiting_since":"2026-03-05T12:10:00Z"}}`
		}},
		{name: "audit_late", server: func(p *patient) {
			p.audit = `{"now":"2026-03-05T12:30:00Z","records":31,"log":{"at":"2026-03-05T11:00:00Z","records":28,"waiting_since":"2026-03-05T11:19:00Z"}}`
		}},
		{name: "audit_damaged", server: func(p *patient) {
			p.audit = `{"now":"2026-03-05T12:30:00Z","records":31,"log":{"records":0,"waiting_since":"2026-03-05T12:00:00Z","trouble":"none could be made"}}`
		}},
		{name: "audit_webhook", server: func(p *patient) {
			p.audit = `{"now":"2026-03-05T12:30:00Z","records":31,"log":{"at":"2026-03-05T12:00:00Z","records":31},"webhook":{"at":"2026-03-05T11:50:00Z","records":31}}`
		}},
		{name: "audit_webhook_deaf", server: func(p *patient) {
			p.audit = `{"now":"2026-03-05T12:30:00Z","records":31,"log":{"at":"2026-03-05T12:00:00Z","records":31},"webhook":{"at":"2026-03-05T11:00:00Z","records":30,"waiting_since":"2026-03-05T11:50:00Z","trouble":"it answered with status 500"}}`
		}},
		{name: "audit_webhook_first", server: func(p *patient) {
			p.audit = `{"now":"2026-03-05T12:30:00Z","records":31,"log":{"at":"2026-03-05T12:29:59Z","records":31},"webhook":{"records":0,"waiting_since":"2026-03-05T12:29:59Z"}}`
		}},
		{name: "audit_unknown", server: func(p *patient) { p.audit = "" }},
		{name: "review_overdue", server: func(p *patient) {
			p.reviews = `{"items":[{"number":3,"due":"2026-03-05T09:00:00Z","overdue":true},{"number":4,"due":"2026-03-12T09:00:00Z","overdue":true}],"next":"","waiting":false}`
		}},
		{name: "review_waiting", server: func(p *patient) { p.reviews = `{"items":[],"next":"","waiting":true}` }},
		{name: "no_server", server: func(p *patient) { p.Close() }},
		{name: "no_address", command: func(c *doctorCommand) { c.URL = "localhost:8080" }},
		{name: "stranger", server: func(p *patient) { p.stranger = true }},
		{name: "not_ready", server: func(p *patient) { p.starting = true }},
		{name: "clock_ahead", server: func(p *patient) { p.clock = 2 * time.Hour }},
		{name: "clock_behind", server: func(p *patient) { p.clock = -2 * time.Hour }},
		{name: "no_key", command: func(c *doctorCommand) { c.Key = "" }},
		{name: "cut_key", command: func(c *doctorCommand) { c.Key = wellFormedSecret[:50] }},
		{name: "publishable_for_secret", command: func(c *doctorCommand) { c.Key = wellFormedPublishable }},
		{name: "revoked", server: func(p *patient) { p.revoked = true }},
		{name: "origin_closed", server: func(p *patient) { p.closed = true }, command: func(c *doctorCommand) {
			c.Origin, c.PublishableKey = pageOrigin, wellFormedPublishable
		}},
		{name: "origin_wrong", command: func(c *doctorCommand) {
			c.Origin, c.PublishableKey = pageOrigin+"/chat", wellFormedSecret
		}},
		{name: "not_readable", server: func(p *patient) { p.forgetful = true }, command: func(c *doctorCommand) {
			c.Write = true
		}, wrote: []string{"POST /v1/feedback", "DELETE"}},
		{name: "disk_full", free: 100 << 20},
		{name: "data_newer", data: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "version"), "99\n") }},
		{name: "data_strange", data: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "version"), "canary\n") }},
		{name: "data_absent", command: func(c *doctorCommand) { c.Data = filepath.Join(c.Data, "absent") }},
		{name: "config_wrong", command: func(c *doctorCommand) { c.Config = "testdata/doctor.yaml" }},
	}
}

func TestDoctor(t *testing.T) {
	for _, v := range visits() {
		t.Run(v.name, func(t *testing.T) {
			server, dir := newPatient(t), t.TempDir()
			write(t, filepath.Join(dir, "version"), "1\n")
			cmd := doctorCommand{remote: remote{URL: server.URL, Key: wellFormedSecret}, Data: dir}
			if v.server != nil {
				v.server(server)
			}
			if v.command != nil {
				v.command(&cmd)
			}
			if v.data != nil {
				v.data(t, dir)
			}
			if v.free == 0 {
				v.free = 5 << 30
			}
			d := newDoctor(cmd, func(string) string { return "" })
			d.free = func(string) (uint64, error) { return v.free, nil }
			found := d.examine(t.Context())
			var text strings.Builder
			if err := found.print(&text); err != nil {
				t.Fatal(err)
			}
			golden(t, "doctor_"+v.name+".txt", masked(text.String(), server.URL, dir))
			if found.OK != !strings.Contains(text.String(), "PROBLEM") {
				t.Errorf("ok is %v", found.OK)
			}
			if diff := cmp.Diff(v.wrote, server.wrote); diff != "" {
				t.Errorf("what was written to the server (-want +got):\n%s", diff)
			}
			for _, secret := range []string{cmd.Key, cmd.PublishableKey, d.token} {
				if secret != "" && strings.Contains(text.String(), secret) {
					t.Error("a credential is printed")
				}
			}
		})
	}
}

// masked replaces what is different each time.
func masked(text, url, dir string) string {
	text = strings.NewReplacer(url, "URL", strings.TrimPrefix(url, "http://"), "ADDRESS", dir, "DIR", version(), "VERSION").Replace(text)
	text = regexp.MustCompile(`doctor-[a-z2-7]{12}`).ReplaceAllString(text, "doctor-ID")
	text = regexp.MustCompile(`(1h59m|2h0m)[0-9]+s`).ReplaceAllString(text, "2h0m0s")
	return regexp.MustCompile(`after [0-9.]+(ms|µs|s)`).ReplaceAllString(text, "after TIME")
}

func TestDoctorCommand(t *testing.T) {
	server := newPatient(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "version"), "1\n")
	got := runCommand(t, t.Context(), server.URL, "doctor", "--json", "--data", dir)
	var found checkup
	if err := json.Unmarshal([]byte(got.Stdout), &found); err != nil {
		t.Fatalf("%v: %s", err, got.Stdout)
	}
	// The key of runCommand is none.
	want := check{Number: 7, Name: "key form", diagnosis: ill("HEED_KEY: this is not a Heed key: copy it whole, from heed_ to its last character.")}
	if diff := cmp.Diff(want.Detail, found.Checks[6].Detail); diff != "" || found.OK || got.Status != 1 || len(found.Checks) != 25 {
		t.Errorf("%+v, status %d (-want +got):\n%s", found, got.Status, diff)
	}
	if !strings.Contains(got.Stdout, `{"number":7,"name":"key form","verdict":"problem","detail":"HEED_KEY`) {
		t.Error(got.Stdout)
	}
}

func TestFreeBytes(t *testing.T) {
	if free, err := freeBytes(t.TempDir()); err != nil || free == 0 {
		t.Errorf("%d, %v", free, err)
	}
	if _, err := freeBytes(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a directory that is not there has room")
	}
}
