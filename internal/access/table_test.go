package access_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/store"
)

// actions lists every action that a route is, and those that are a field's.
func actions() []access.Action {
	found := []access.Action{access.ReadTexts, access.Protect}
	for _, pattern := range access.Routes() {
		action, _ := access.ActionOf(pattern)
		found = append(found, action)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// asDocumented writes both tables as docs/access.md shows them.
func asDocumented() string {
	var text strings.Builder
	text.WriteString("| action |")
	for _, role := range store.Roles() {
		fmt.Fprintf(&text, " %s |", strings.ReplaceAll(string(role), "_", " "))
	}
	for _, scope := range store.KeyScopes() {
		fmt.Fprintf(&text, " key: %s |", scope)
	}
	text.WriteString(" token | publishable key |\n|---|" + strings.Repeat("---|", len(store.Roles())+len(store.KeyScopes())+2) + "\n")
	mark := func(err error) {
		if err == nil {
			text.WriteString(" yes |")
		} else {
			text.WriteString(" – |")
		}
	}
	for _, action := range actions() {
		fmt.Fprintf(&text, "| `%s` |", action)
		for _, role := range store.Roles() {
			mark(access.Principal{Member: &access.Member{Role: role}}.May(action))
		}
		for _, scope := range store.KeyScopes() {
			mark(access.Principal{Project: "prj_1", Trust: heed.TrustServer, Scope: scope}.May(action))
		}
		for _, trust := range []heed.Trust{heed.TrustToken, heed.TrustPublic} {
			mark(access.Principal{Project: "prj_1", Trust: trust}.May(action))
		}
		text.WriteString("\n")
	}
	text.WriteString("\n| action | routes |\n|---|---|\n")
	for _, action := range actions() {
		var patterns []string
		for _, pattern := range access.Routes() {
			if of, _ := access.ActionOf(pattern); of == action {
				patterns = append(patterns, "`"+pattern+"`")
			}
		}
		slices.Sort(patterns)
		list := strings.Join(patterns, ", ")
		list = strings.ReplaceAll(list, "``", "OTLP over gRPC")
		if list == "" {
			list = "no route: fields of others"
		}
		fmt.Fprintf(&text, "| `%s` | %s |\n", action, list)
	}
	return text.String()
}

// TestAccessDocument holds docs/access.md, which people sign, against the table
// that is in force.
func TestAccessDocument(t *testing.T) {
	const begin, end = "<!-- tables -->\n", "<!-- end of tables -->\n"
	file := filepath.Join("..", "..", "docs", "access.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), begin)
	shown, after, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has no place for the tables", file)
	}
	want := asDocumented()
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("docs/access.md (-the table +the document); -update writes it, and somebody should agree:\n%s", diff)
	}
}

// TestRolesDocumented: docs/access.md says of each role once whom it is for.
func TestRolesDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "access.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range store.Roles() {
		if n := strings.Count(string(text), "\n| "+strings.ReplaceAll(string(role), "_", " ")+" | "); n != 1 {
			t.Errorf("docs/access.md has %d rows of the role %s", n, role)
		}
	}
}

// What nobody may change without thinking: promises of roles to each other.
func TestPromisesOfTheTable(t *testing.T) {
	may := func(role store.Role, action access.Action) bool {
		return slices.Contains(access.ActionsOf(role), action)
	}
	for _, action := range actions() {
		if auditor := may(store.Auditor, action); auditor != slices.Contains([]access.Action{access.Open, access.OwnSession, access.ReadAudit, access.Checkpoint, access.ReadPrivacy}, action) {
			t.Errorf("an auditor and %s: %t", action, auditor)
		}
		if program := slices.Contains([]access.Action{access.Write, access.Describe, access.FollowUp, access.AskTools}, action); may(store.Owner, action) == program {
			t.Errorf("an owner and %s: %t", action, !program)
		}
		if may(store.Analyst, action) && !may(store.Reviewer, action) {
			t.Errorf("an analyst may %s and a reviewer may not", action)
		}
	}
	for _, never := range []struct {
		role   store.Role
		action access.Action
	}{
		{store.PrivacyOfficer, access.ManageKeys},
		{store.PrivacyOfficer, access.ChangeSettings},
		{store.PrivacyOfficer, access.ManageMembers},
		{store.Developer, access.ReadTexts},
		{store.Developer, access.Protect},
		{store.Developer, access.Erase},
		{store.Developer, access.TellPerson},
		{store.Analyst, access.ReadItems},
		{store.Analyst, access.ReadTexts},
		{store.Reviewer, access.TellPerson},
		{store.Reviewer, access.Erase},
	} {
		if may(never.role, never.action) {
			t.Errorf("%s may %s", never.role, never.action)
		}
	}
	// The scopes are parts of what a key could do before it had one; what an
	// application says nobody reads back with the same key, and neither makes
	// others, nor erases or exports a person.
	for _, action := range actions() {
		by := func(scope store.KeyScope) bool {
			return access.Principal{Project: "prj_1", Trust: heed.TrustServer, Scope: scope}.May(action) == nil
		}
		for _, scope := range store.KeyScopes() {
			if by(scope) && !by(store.ScopeAll) {
				t.Errorf("a key of scope %s may %s, and one of scope all may not", scope, action)
			}
		}
		if by(store.ScopeNumbers) && !by(store.ScopeRead) {
			t.Errorf("a key of scope numbers may %s, and one of scope read may not", action)
		}
		if by(store.ScopeWrite) && by(store.ScopeRead) && action != access.Open && action != access.ReadForm {
			t.Errorf("keys of scope write and read both may %s", action)
		}
		if by("") || by("some") {
			t.Errorf("a key of no scope may %s", action)
		}
	}
	if err := (access.Principal{Member: &access.Member{Role: "emperor"}}).May(access.Open); heed.CodeOf(err) != heed.Forbidden {
		t.Errorf("a role that is none: %v", err)
	}
	if err := (access.Principal{Member: &access.Member{Role: store.Owner}}).May("burn"); heed.CodeOf(err) != heed.Forbidden {
		t.Errorf("an action that is none: %v", err)
	}
}

func TestOwnersAreMadeByOwners(t *testing.T) {
	for _, c := range []struct {
		by, from, to store.Role
		may          bool
	}{
		{store.Owner, store.Admin, store.Owner, true},
		{store.Owner, store.Owner, store.Analyst, true},
		{store.Admin, store.Analyst, store.Admin, true},
		{store.Admin, "", store.PrivacyOfficer, true},
		{store.Admin, store.Auditor, "", true},
		{store.Admin, store.Admin, store.Owner, false},
		{store.Admin, store.Owner, store.Analyst, false},
		{store.Admin, store.Owner, "", false},
		{store.Admin, "", store.Owner, false},
		{store.Developer, "", store.Analyst, false},
		{store.PrivacyOfficer, store.Analyst, store.Auditor, false},
	} {
		if err := (access.Member{Role: c.by}).MayAppoint(c.from, c.to); (err == nil) != c.may {
			t.Errorf("%s makes %q of %q: %v", c.by, c.to, c.from, err)
		}
	}
}
