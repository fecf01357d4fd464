package notice_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api/notice"
	"github.com/heed-ai/heed/internal/statement"
)

type projects map[heed.ProjectID]heed.Project

func (p projects) Project(_ context.Context, id heed.ProjectID) (heed.Project, error) {
	if project, ok := p[id]; ok {
		return project, nil
	}
	return heed.Project{}, heed.Errorf(heed.NotFound, "no such project")
}

// outside is to whom projects send something, by their names.
var outside = map[string]statement.Outside{
	"tells":  {Endpoints: []heed.Endpoint{{Name: "inside hook", Kind: heed.EndpointWebhook, Host: "hooks.example", Events: []string{"feedback.*"}, State: heed.EndpointPaused}}},
	"alerts": {Endpoints: []heed.Endpoint{{Name: "inside hook", Kind: heed.EndpointSlack, Host: "hooks.slack.com", Events: []string{"alert.*", "finding.*"}, State: heed.EndpointActive}}},
	"issues": {Issues: heed.Repository{API: "https://api.github.com", Name: "acme/app"}},
	"slack":  {Buttons: true},
}

// get asks for a page of a server whose projects are given.
func get(t *testing.T, all projects, setup statement.Setup, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	pages, err := notice.New(all, setup, func(_ context.Context, id heed.ProjectID) (statement.Outside, error) {
		return outside[all[id].Name], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	pages.Register(mux)
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

var plain = heed.Project{ID: "prj_1", Name: "inside name", Content: heed.ContentNone, Privacy: heed.DefaultPrivacy()}

// TestPage holds what the page says against what is set.
func TestPage(t *testing.T) {
	changed := func(change func(*heed.Project)) heed.Project {
		p := plain
		change(&p)
		return p
	}
	held := statement.Setup{HoldAge: 15 * time.Minute, HoldBytes: 1 << 20}
	for _, c := range []struct {
		name    string
		project heed.Project
		setup   statement.Setup
		has     []string
		not     []string
	}{
		{
			"as it comes", plain, statement.Setup{},
			[]string{"The question and the answer are not stored.", "fewer than 5 people", "396 days", "Ask whoever runs the product"},
			[]string{"attach", "monitoring", "services outside", "Slack", "a program", "in memory", "inside name", "<script", "mailto:"},
		},
		{
			"content", changed(func(p *heed.Project) { p.Content = heed.ContentRedacted }), statement.Setup{},
			[]string{"redacted, then encrypted"}, []string{"The question and the answer are not stored"},
		},
		{
			"attachments", changed(func(p *heed.Project) { p.AttachmentDays = 30 }), held,
			[]string{"30 days", "unless you attach them", "not used to train models", "with a reason", "15 minutes"}, []string{"The question and the answer are not stored."},
		},
		{"one day, an hour", changed(func(p *heed.Project) { p.AttachmentDays = 1 }), statement.Setup{HoldAge: time.Hour, HoldBytes: 1}, []string{"1 day", "1 hour"}, nil},
		{"for ever", changed(func(p *heed.Project) { p.Privacy.RetentionDays.Feedback = 0 }), statement.Setup{}, []string{"until you take it back"}, nil},
		{
			"another pseudonym each day", changed(func(p *heed.Project) { p.Privacy.Pseudonyms = heed.PseudonymsEphemeral }), statement.Setup{},
			[]string{"After two days at most nobody can find your feedback"}, []string{"it can be found when you ask for it"},
		},
		{
			"sent on", plain, statement.Setup{Monitoring: "otel.example"}, []string{"Votes and scores also go to the monitoring", "without the reasons"},
			[]string{"with the reasons", "otel.example", "services outside"},
		},
		{
			"told outside", changed(func(p *heed.Project) { p.Name = "tells" }), statement.Setup{}, []string{"Each vote or score, with the reasons that you tick, also goes to programs"},
			[]string{"monitoring", "inside hook", "hooks.example"},
		},
		{"alerts", changed(func(p *heed.Project) { p.Name = "alerts" }), statement.Setup{}, []string{"services outside"}, []string{"with the reasons that you tick", "inside hook"}},
		{"issues", changed(func(p *heed.Project) { p.Name = "issues" }), statement.Setup{}, []string{"services outside"}, []string{"acme"}},
		{"buttons", changed(func(p *heed.Project) { p.Name = "slack" }), statement.Setup{}, []string{"pass through Slack"}, nil},
		{
			"of the team", plain, statement.Setup{Identity: "id.example", KeyService: "kms.example", Witness: "witness.example", Mail: "mail.example"}, nil,
			[]string{"services outside", "example"},
		},
		{
			"a recogniser", changed(func(p *heed.Project) { p.Privacy.Recognizer = "presidio" }), statement.Setup{Recognizers: map[string]string{"presidio": "pii.example"}},
			[]string{"is shown what you write as you wrote it, before anything in it is replaced"}, []string{"presidio", "pii.example", "the question and the answer as they came"},
		},
		{
			"a recogniser of content", changed(func(p *heed.Project) { p.Privacy.Recognizer, p.Content = "presidio", heed.ContentRedacted }), statement.Setup{},
			[]string{"is shown what you write, the question and the answer as they came"}, nil,
		},
		{"no small groups", changed(func(p *heed.Project) { p.Privacy.SmallestGroup = 1 }), statement.Setup{}, nil, []string{"fewer than"}},
		{
			"an address", changed(func(p *heed.Project) { p.Privacy.Controller, p.Privacy.Contact = "Acme <b>", "dpo@acme.example" }), statement.Setup{},
			[]string{"Acme &lt;b&gt; collects it", `href="mailto:dpo@acme.example"`}, []string{"<b>Acme", "Ask whoever"},
		},
		{"a script", changed(func(p *heed.Project) { p.Privacy.Contact = "javascript:alert(1)" }), statement.Setup{}, []string{"<b><bdi>javascript:alert(1)"}, []string{`href="javascript`}},
	} {
		got := get(t, projects{"prj_1": c.project}, c.setup, "/privacy/prj_1")
		if got.Code != http.StatusOK {
			t.Errorf("%s: %d", c.name, got.Code)
		}
		page := got.Body.String()
		for _, text := range c.has {
			if !strings.Contains(page, text) {
				t.Errorf("%s: the page has no %q", c.name, text)
			}
		}
		for _, text := range append(c.not, "anonym") {
			if strings.Contains(page, text) {
				t.Errorf("%s: the page has %q", c.name, text)
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ query, header, want string }{
		{"", "", "en"},
		{"", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"", "tlh, fr;q=0.5", "fr"},
		{"", "xx", "en"},
		{"?lang=ja", "de", "ja"},
		{"?lang=none", "pt-BR", "pt"},
		{"?lang=" + strings.Repeat("a-", 5000), "es", "es"},
		{"", "zh-CN", "zh"},
		{"?lang=ar", "", "ar"},
	} {
		got := get(t, projects{"prj_1": plain}, statement.Setup{}, "/privacy/prj_1"+c.query, "Accept-Language", c.header)
		if language := got.Header().Get("Content-Language"); language != c.want {
			t.Errorf("%.20s with %s: %s, want %s", c.query, c.header, language, c.want)
		}
		if rtl := strings.Contains(got.Body.String(), `dir="rtl"`); rtl != (c.want == "ar") {
			t.Errorf("%s is written from right to left: %t", c.want, rtl)
		}
	}
}

// TestHeaders holds the page to its promise: no script, no cookie, no frame, and
// caches that do not mix languages.
func TestHeaders(t *testing.T) {
	h := get(t, projects{"prj_1": plain}, statement.Setup{}, "/privacy/prj_1").Header()
	want := http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Content-Language": {"en"}, "Vary": {"Accept-Language"}, "Cache-Control": {"public, max-age=60"},
		"Content-Security-Policy": {"default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"},
		"Referrer-Policy":         {"no-referrer"}, "X-Content-Type-Options": {"nosniff"}, "X-Robots-Tag": {"noindex"},
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

// TestUnknown gives every address that is none the same answer.
func TestUnknown(t *testing.T) {
	all := projects{"prj_1": plain}
	first := get(t, all, statement.Setup{}, "/privacy/prj_2")
	for _, path := range []string{"/privacy/inside%20name", "/privacy/x", "/privacy/prj_1%00", "/privacy/%2e%2e"} {
		got := get(t, all, statement.Setup{}, path)
		if got.Code != http.StatusNotFound || got.Body.String() != first.Body.String() || !cmp.Equal(first.Header(), got.Header()) {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
}

// TestWords holds every language to the words, and the places in them, of
// English, and to the languages of the widget.
func TestWords(t *testing.T) {
	type vocabulary struct {
		Name                 string
		Words                map[string]string
		Days, Hours, Minutes map[string]string
	}
	read := func(file string) (v vocabulary) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(file, err)
		}
		return v
	}
	places := regexp.MustCompile(`\{[^}]*\}`)
	english := read("words/en.json")
	if strings.Contains(strings.ToLower(string(must(json.Marshal(english)))), "anonym") {
		t.Error("texts that people write are never anonymous")
	}
	ours, theirs := names(t, "words/*.json"), names(t, "../../capture/widget/words/*.json")
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("languages (-widget +page):\n%s", diff)
	}
	for _, name := range ours {
		v := read("words/" + name)
		for key, text := range english.Words {
			if v.Words[key] == "" {
				t.Errorf("%s has no word %s", name, key)
			}
			if diff := cmp.Diff(places.FindAllString(text, -1), places.FindAllString(v.Words[key], -1)); diff != "" {
				t.Errorf("%s, %s (-English +it):\n%s", name, key, diff)
			}
		}
		for key := range v.Words {
			if english.Words[key] == "" {
				t.Errorf("%s has a word %s, which English has not", name, key)
			}
		}
		if v.Name == "" || v.Days["other"] == "" || v.Hours["other"] == "" || v.Minutes["other"] == "" {
			t.Errorf("%s lacks its name or an amount of time", name)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func names(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal(pattern, err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	slices.Sort(files)
	return files
}

// TestNoPage: whoever has a wrong address is told so in their language, by a page
// that names no project.
func TestNoPage(t *testing.T) {
	for _, path := range []string{"/privacy/prj_none", "/privacy/"} {
		w := get(t, projects{plain.ID: plain}, statement.Setup{}, path, "Accept-Language", "de-AT,en;q=0.5")
		body := w.Body.String()
		if w.Code != http.StatusNotFound || w.Header().Get("Content-Language") != "de" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		for _, want := range []string{"<h1>Diese Seite gibt es nicht</h1>", "Link im Formular", `href="?lang=fr"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q:\n%s", path, want, body)
			}
		}
		for _, not := range []string{"prj_", `class="ask"`, "{"} {
			if strings.Contains(body, not) {
				t.Errorf("%s has %q:\n%s", path, not, body)
			}
		}
	}
}
