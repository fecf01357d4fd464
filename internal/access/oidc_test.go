package access_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/store"
)

// Whoever comes back from an identity provider goes on within Heed, whatever the
// address says by which they began.
func TestReturnPath(t *testing.T) {
	for to, want := range map[string]string{
		"/feedback?vote=down&project=a%20b": "/feedback?vote=down&project=a%20b", "/": "/", "/settings/members": "/settings/members",
		"": "/", "feedback": "/", "//evil.example.com": "/", "///evil.example.com": "/", "/\\evil.example.com": "/", "\\\\evil.example.com": "/",
		"https://evil.example.com/": "/", "javascript:alert(1)": "/", "/\t/evil.example.com": "/", "/\n/evil.example.com": "/", "http:/evil": "/",
		"/enter#code": "/", "/enter/oidc?code=x": "/", "/%zz": "/", "/" + strings.Repeat("a", 2000): "/",
	} {
		if got := access.ReturnPath(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

// What the provider calls somebody becomes a name that a member may have.
func TestNameOfWhoJoins(t *testing.T) {
	for called, want := range map[string]string{
		"Ada Lovelace": "Ada Lovelace", " Ada\n\tLovelace ": "Ada Lovelace", "": "member", "\x00\x1b": "member", "\xff": "member", "Ада": "Ада",
	} {
		if got := access.NameFor(called, 1); got != want {
			t.Errorf("%q is named %q, want %q", called, got, want)
		}
	}
	if got := access.NameFor("Ada", 3); got != "Ada 3" {
		t.Errorf("the third is named %q", got)
	}
	for _, long := range []string{strings.Repeat("密", 99), strings.Repeat("a ", 99)} {
		if got := access.NameFor(long, 20); len(got) > 64 || !utf8.ValidString(got) {
			t.Errorf("a long one is named %q", got)
		}
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		rules access.Rules
		good  bool
	}{
		"none":                {access.Rules{}, true},
		"roles":               {access.Rules{Roles: map[string]store.Role{"a": store.Admin, "b": store.Auditor}}, true},
		"a door for a domain": {access.Rules{Join: true, Domains: []string{"example.com"}}, true},
		"owners":              {access.Rules{Roles: map[string]store.Role{"a": store.Owner}}, false},
		"a role that is none": {access.Rules{Roles: map[string]store.Role{"a": "emperor"}}, false},
		"a door for all":      {access.Rules{Join: true}, false},
		"a domain of all":     {access.Rules{Join: true, Domains: []string{"*"}}, false},
		"an address":          {access.Rules{Join: true, Domains: []string{"ada@example.com"}}, false},
	} {
		if err := c.rules.Validate(); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
