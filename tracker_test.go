package heed_test

import (
	"strings"
	"testing"

	"github.com/heed-ai/heed"
)

func TestTracker(t *testing.T) {
	for _, c := range []struct {
		name    string
		tracker heed.Tracker
		wrong   string // the field that is told; empty: none
	}{
		{"none", heed.Tracker{}, ""},
		{"a repository", heed.Tracker{Kind: "github", URL: "https://github.com/acme/app", Label: "ai feedback"}, ""},
		{"one of one's own", heed.Tracker{Kind: "github", URL: "http://git.local:3000/acme/app.js/"}, ""},
		{"a project in groups", heed.Tracker{Kind: "gitlab", URL: "https://gitlab.com/a/b/c"}, ""},
		{"a team", heed.Tracker{Kind: "linear", Team: "ENG"}, ""},
		{"a Jira below a path", heed.Tracker{Kind: "jira", URL: "https://acme.example/jira", Project: "1", IssueType: "2"}, ""},
		{"no kind", heed.Tracker{URL: "https://github.com/acme/app"}, "tracker.kind"},
		{"another kind", heed.Tracker{Kind: "trello"}, "tracker.kind"},
		{"no repository", heed.Tracker{Kind: "github", URL: "https://github.com/acme"}, "tracker.url"},
		{"more than one", heed.Tracker{Kind: "github", URL: "https://github.com/acme/app/issues"}, "tracker.url"},
		{"a script", heed.Tracker{Kind: "github", URL: "javascript:alert(1)//a/b"}, "tracker.url"},
		{"a name", heed.Tracker{Kind: "gitlab", URL: "https://user:secret@gitlab.com/a/b"}, "tracker.url"},
		{"a query", heed.Tracker{Kind: "gitlab", URL: "https://gitlab.com/a/b?x=1"}, "tracker.url"},
		{"an empty query", heed.Tracker{Kind: "gitlab", URL: "https://gitlab.com/a/b?"}, "tracker.url"},
		{"a fragment", heed.Tracker{Kind: "jira", URL: "https://acme.example#x", Project: "1", IssueType: "2"}, "tracker.url"},
		{"an empty fragment", heed.Tracker{Kind: "github", URL: "https://github.com/acme/app#"}, "tracker.url"},
		{"a way up", heed.Tracker{Kind: "github", URL: "https://github.com/acme/.."}, "tracker.url"},
		{"an escaped path", heed.Tracker{Kind: "github", URL: "https://github.com/acme/a%2fb"}, "tracker.url"},
		{"too long", heed.Tracker{Kind: "github", URL: "https://github.com/acme/" + strings.Repeat("a", 300)}, "tracker.url"},
		{"Linear elsewhere", heed.Tracker{Kind: "linear", URL: "https://linear.app/new", Team: "ENG"}, "tracker.url"},
		{"no team", heed.Tracker{Kind: "linear"}, "tracker.team"},
		{"a team that is a query", heed.Tracker{Kind: "linear", Team: "ENG&x=1"}, "tracker.team"},
		{"a team at GitHub", heed.Tracker{Kind: "github", URL: "https://github.com/acme/app", Team: "ENG"}, "tracker.team"},
		{"a key for a number", heed.Tracker{Kind: "jira", URL: "https://acme.example", Project: "ENG", IssueType: "2"}, "tracker.project"},
		{"no type", heed.Tracker{Kind: "jira", URL: "https://acme.example", Project: "1"}, "tracker.issue_type"},
		{"a label with a line", heed.Tracker{Kind: "github", URL: "https://github.com/acme/app", Label: "a\nb"}, "tracker.label"},
	} {
		p := heed.Project{Name: "p", Content: heed.ContentNone, Commands: heed.CommandsOn, Privacy: heed.DefaultPrivacy(), Tracker: c.tracker}
		err := p.Validate()
		if c.wrong == "" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: %v, want %s", c.name, err, c.wrong)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error repeats what was written: %v", c.name, err)
		}
	}
}
