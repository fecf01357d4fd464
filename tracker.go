package heed

import (
	"net/url"
	"strings"
)

// Tracker is where a project keeps its issues, so that a finding can be taken
// there. Heed has no credentials for it: it makes an address at which a person
// finds a new issue filled in.
type Tracker struct {
	Kind TrackerKind `json:"kind" enum:",github,gitlab,linear,jira" doc:"Empty: none."`
	// URL is the repository, the project at GitLab, the workspace's Linear, or the
	// Jira.
	URL string `json:"url,omitempty"`

	Team      string `json:"team,omitempty" doc:"Of Linear, such as ENG."`
	Project   string `json:"project,omitempty" doc:"Number of the project at Jira (pid)."`
	IssueType string `json:"issue_type,omitempty" doc:"Number of the type of issue at Jira."`
	Label     string `json:"label,omitempty" doc:"That a new issue has at GitHub or Linear."`
}

// TrackerKind is a program that keeps issues.
type TrackerKind string

const (
	TrackerNone   TrackerKind = ""
	TrackerGitHub TrackerKind = "github"
	TrackerGitLab TrackerKind = "gitlab"
	TrackerLinear TrackerKind = "linear"
	TrackerJira   TrackerKind = "jira"
)

// MaxTrackerURL bounds the address of a tracker, in bytes.
const MaxTrackerURL = 300

// tracker checks a Tracker: only what its kind needs may be there.
func (v *validator) tracker(field string, t Tracker) {
	v.oneOf(field+".kind", string(t.Kind), string(TrackerNone), string(TrackerGitHub), string(TrackerGitLab), string(TrackerLinear), string(TrackerJira))
	if t.Kind == TrackerNone {
		if t != (Tracker{}) {
			v.fail(field+".kind", "is missing: say github, gitlab, linear or jira")
		}
		return
	}
	v.trackerURL(field+".url", t)
	for _, part := range []struct {
		name, value string
		allowed     string
		kinds       []TrackerKind
		needed      bool
	}{
		{"team", t.Team, letters + digits + "_-", []TrackerKind{TrackerLinear}, true},
		{"project", t.Project, digits, []TrackerKind{TrackerJira}, true},
		{"issue_type", t.IssueType, digits, []TrackerKind{TrackerJira}, true},
		{"label", t.Label, letters + digits + " _-:/.", []TrackerKind{TrackerGitHub, TrackerLinear}, false},
	} {
		belongs := false
		for _, kind := range part.kinds {
			belongs = belongs || kind == t.Kind
		}
		switch {
		case !belongs && part.value != "":
			v.fail(field+"."+part.name, "is nothing that this kind of tracker has")
		case belongs && part.needed && part.value == "":
			v.fail(field+"."+part.name, "is missing: a new issue needs it")
		case len(part.value) > MaxTagBytes || strings.Trim(part.value, part.allowed) != "":
			v.fail(field+"."+part.name, "must have at most 64 of these characters: "+part.allowed)
		}
	}
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// trackerURL checks where a tracker is. Linear is one place for all.
func (v *validator) trackerURL(field string, t Tracker) {
	u, err := url.Parse(t.URL)
	plain := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Opaque == "" && !strings.Contains(t.URL, "#")
	parts := 0
	if plain {
		parts = len(strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' }))
		plain = u.EscapedPath() == u.Path && strings.Trim(u.Path, letters+digits+"/._-~") == "" && !strings.Contains(u.Path+"/", "/../")
	}
	switch {
	case t.Kind == TrackerLinear:
		if t.URL != "" {
			v.fail(field, "is nothing that Linear needs: say the team")
		}
	case !plain || len(t.URL) > MaxTrackerURL:
		v.fail(field, "must be an address such as https://github.com/acme/app, without a name, a question mark or a #")
	case t.Kind == TrackerGitHub && parts != 2:
		v.fail(field, "must name a repository, such as https://github.com/acme/app")
	case t.Kind == TrackerGitLab && parts < 2:
		v.fail(field, "must name a project, such as https://gitlab.com/acme/app")
	}
}
