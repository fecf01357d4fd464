package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Action is a kind of thing that can be asked of Heed. Every route has one, and
// the table says who may do it.
type Action string

const (
	Open       Action = "open"    // pages, scripts and health, which hold nothing; and signing in
	OwnSession Action = "session" // see who one is, choose a password, see and end one's sessions

	ListProjects Action = "projects" // the projects with their settings
	ReadNumbers  Action = "numbers"  // statistics and changes
	ReadItems    Action = "items"    // single responses and feedback
	ReadTexts    Action = "texts"    // what people wrote in them; decides on fields, not on routes
	Reveal       Action = "reveal"   // one attachment, as it was said, with a reason
	ReadForm     Action = "form"     // what a feedback form offers
	Mark         Action = "mark"     // say that feedback may be used in datasets
	Curate       Action = "curate"   // make and delete datasets, and build versions of them
	TakeDataset  Action = "dataset"  // have the files of a dataset
	Review       Action = "review"   // act on the inbox, make and change findings, and write reviews
	Redact       Action = "redact"   // try redaction on a text, which is not kept

	ReadPrivacy Action = "privacy" // what becomes of people's data, as it is set and as it is promised

	ReadSettings   Action = "settings.read"
	ChangeSettings Action = "settings"
	Protect        Action = "protect" // what is kept of people, redacted and shown; decides on fields of settings
	ReadKeys       Action = "keys.read"
	ManageKeys     Action = "keys"
	ManageMembers  Action = "members"

	Notify     Action = "notify"     // where what happens is told outside, and what is watched
	Publish    Action = "publish"    // numbers, for anybody to read
	Erase      Action = "erase"      // a person
	TellPerson Action = "subject"    // everything about a person, as a file
	Retain     Action = "retention"  // confirm the clock, and have the file of events written anew
	ReadAudit  Action = "audit"      // who did what
	Checkpoint Action = "checkpoint" // a signature over who did what

	Write    Action = "write"    // feedback and signals; of a token, on its own answer
	FollowUp Action = "followup" // what became of one's own feedback
	Describe Action = "describe" // responses and changes, and making tokens
	AskTools Action = "tools"    // what agents ask for over MCP; each tool asks for what it reads as well
)

// grant is a row of the table: an action, in the words of a refusal, and who may
// do it: members by role, secret keys by scope, and what else is shown.
type grant struct {
	action Action
	what   string
	roles  []store.Role
	keys   []store.KeyScope
	others []heed.Trust
}

// Short names for the table.
const (
	owner     = store.Owner
	admin     = store.Admin
	officer   = store.PrivacyOfficer
	reviewer  = store.Reviewer
	analyst   = store.Analyst
	developer = store.Developer
	auditor   = store.Auditor

	all     = store.ScopeAll
	writing = store.ScopeWrite
	reading = store.ScopeRead
	sums    = store.ScopeNumbers

	token  = heed.TrustToken  // a feedback token
	public = heed.TrustPublic // a publishable key
)

// table says who may do what. Who is not named may not. Nobody but a member has
// a role, and members write no feedback. A credential acts in its own project; a
// member in each. docs/access.md shows the same table, and a test compares them.
var table = []grant{
	{Open, "open this", []store.Role{owner, admin, officer, reviewer, analyst, developer, auditor}, []store.KeyScope{all, writing, reading, sums}, []heed.Trust{token, public}},
	{OwnSession, "have a session", []store.Role{owner, admin, officer, reviewer, analyst, developer, auditor}, nil, nil},

	{ListProjects, "see projects", []store.Role{owner, admin, officer, reviewer, analyst, developer}, []store.KeyScope{all, reading, sums}, nil},
	{ReadNumbers, "read numbers", []store.Role{owner, admin, officer, reviewer, analyst, developer}, []store.KeyScope{all, reading, sums}, nil},
	{ReadItems, "read single answers and feedback", []store.Role{owner, admin, officer, reviewer, developer}, []store.KeyScope{all, reading}, nil},
	{ReadTexts, "read what people wrote", []store.Role{owner, admin, officer, reviewer}, []store.KeyScope{all, reading}, nil},
	{Reveal, "read what people attached", []store.Role{owner, admin, officer, reviewer}, nil, nil},
	{Mark, "mark feedback for datasets", []store.Role{owner, admin, officer, reviewer}, []store.KeyScope{all}, nil},
	{Curate, "make, build and delete datasets", []store.Role{owner, admin, officer, reviewer}, []store.KeyScope{all}, nil},
	{TakeDataset, "have the files of datasets", []store.Role{owner, admin, officer, reviewer}, []store.KeyScope{all, reading}, nil},
	{Review, "act on the inbox, findings and reviews, or snooze alerts", []store.Role{owner, admin, officer, reviewer}, []store.KeyScope{all}, nil},
	{ReadForm, "see the feedback form", []store.Role{owner, admin, officer, reviewer, analyst, developer}, []store.KeyScope{all, writing, reading}, []heed.Trust{token, public}},
	{Redact, "try redaction", []store.Role{owner, admin, officer, reviewer, analyst, developer}, []store.KeyScope{all, writing}, nil},

	{ReadPrivacy, "see what becomes of people's data", []store.Role{owner, admin, officer, reviewer, analyst, developer, auditor}, nil, nil},
	{ReadSettings, "see settings", []store.Role{owner, admin, officer, reviewer, analyst, developer}, []store.KeyScope{all, reading}, nil},
	{ChangeSettings, "change settings", []store.Role{owner, admin, developer}, []store.KeyScope{all}, nil},
	{Protect, "change what protects people", []store.Role{owner, admin}, []store.KeyScope{all}, nil},
	{ReadKeys, "see keys", []store.Role{owner, admin, officer, developer}, []store.KeyScope{all}, nil},
	{ManageKeys, "make and end keys", []store.Role{owner, admin, developer}, []store.KeyScope{all}, nil},
	{ManageMembers, "manage members", []store.Role{owner, admin}, nil, nil},

	{Notify, "manage notifications", []store.Role{owner, admin}, []store.KeyScope{all}, nil},
	{Publish, "publish numbers", []store.Role{owner, admin, officer}, nil, nil},
	{Erase, "erase people", []store.Role{owner, admin, officer}, []store.KeyScope{all}, nil},
	{TellPerson, "have everything about a person", []store.Role{owner, admin, officer}, []store.KeyScope{all}, nil},
	{Retain, "direct retention", []store.Role{owner, admin, officer}, nil, nil},
	{ReadAudit, "read the audit log", []store.Role{owner, admin, officer, auditor}, nil, nil},
	{Checkpoint, "have checkpoints of the audit log", []store.Role{owner, admin, officer, auditor}, []store.KeyScope{all, reading}, nil},

	{Write, "write feedback", nil, []store.KeyScope{all, writing}, []heed.Trust{token, public}},
	{FollowUp, "learn what became of feedback", nil, []store.KeyScope{all, writing}, []heed.Trust{token, public}},
	{AskTools, "ask by the tools of agents", nil, []store.KeyScope{all, reading, sums}, nil},
	{Describe, "send responses and changes or make tokens", nil, []store.KeyScope{all, writing}, nil},
}

// grantOf finds the row of an action; false if it has none.
func grantOf(action Action) (grant, bool) {
	i := slices.IndexFunc(table, func(g grant) bool { return g.action == action })
	if i < 0 {
		return grant{}, false
	}
	return table[i], true
}

// Grant tells which members and secret keys may do an action, and the action in
// the words of a refusal.
func Grant(action Action) (what string, roles []store.Role, keys []store.KeyScope) {
	g, _ := grantOf(action)
	return g.what, slices.Clone(g.roles), slices.Clone(g.keys)
}

// ActionsOf lists what a role may do, in the order of the table.
func ActionsOf(role store.Role) []Action {
	var actions []Action
	for _, g := range table {
		if slices.Contains(g.roles, role) {
			actions = append(actions, g.action)
		}
	}
	return actions
}

// Actions lists what the principal may do, in the order of the table.
func (p Principal) Actions() []Action {
	actions := []Action{}
	for _, g := range table {
		if p.May(g.action) == nil {
			actions = append(actions, g.action)
		}
	}
	return actions
}

// May decides whether the principal may do an action, and says who may if not.
func (p Principal) May(action Action) error {
	g, ok := grantOf(action)
	switch {
	case !ok:
	case p.Member != nil:
		if slices.Contains(g.roles, p.Member.Role) {
			return nil
		}
	case p.Project == "":
	case p.Trust == heed.TrustServer:
		if slices.Contains(g.keys, p.Scope) {
			return nil
		}
	case slices.Contains(g.others, p.Trust):
		return nil
	}
	return g.refusal(p)
}

// refusal says what a principal may not do, and who may.
func (g grant) refusal(p Principal) error {
	if g.action == "" {
		return heed.Errorf(heed.Forbidden, "nobody may do this: it has no row in the table of access")
	}
	if p.Member != nil && len(g.roles) > 0 {
		var names []string
		for _, role := range g.roles {
			names = append(names, strings.ReplaceAll(string(role), "_", " "))
		}
		return heed.Errorf(heed.Forbidden, "your role, %s, may not %s: %s may", strings.ReplaceAll(string(p.Member.Role), "_", " "), g.what, strings.Join(names, ", "))
	}
	switch {
	case p.Member != nil:
		return heed.Errorf(heed.Forbidden, "a member may not %s: that takes a key", g.what)
	case p.Trust == heed.TrustServer && len(g.keys) > 0:
		return heed.Errorf(heed.Forbidden, "a key of scope %s may not %s: use one of scope %s", cmp.Or(string(p.Scope), "none"), g.what, scopeNames(g.keys))
	case len(g.keys) > 0:
		return heed.Errorf(heed.Forbidden, "this credential may not %s: use a secret key (heed_sk_…) from your server", g.what)
	}
	return heed.Errorf(heed.Forbidden, "this credential may not %s: sign in to the console", g.what)
}

// scopeNames lists scopes as a sentence does.
func scopeNames(scopes []store.KeyScope) string {
	var names []string
	for _, scope := range scopes {
		names = append(names, string(scope))
	}
	return strings.Join(names, " or ")
}

// MayAppoint decides on giving somebody of one role another, on letting a new
// member in as one, who had none, and on removing one, who then has none. Owners
// are made and unmade by owners: an admin cannot shut them out.
func (m Member) MayAppoint(from, to store.Role) error {
	if m.Role != owner && (from == owner || to == owner) {
		return heed.Errorf(heed.Forbidden, "only an owner makes, changes or removes an owner: heed user role NAME owner on the server makes one")
	}
	return Principal{Member: &m}.May(ManageMembers)
}
