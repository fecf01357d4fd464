package access

import (
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
)

// Principal is who a request speaks for, once the Authority has said yes. It
// acts in its one Project only. The zero Principal may do nothing.
//
// What it may do:
//
//	                     secret key   token             publishable key   session
//	read                 yes          –                 –                 yes
//	settings, keys       yes          –                 –                 admin
//	responses, changes,
//	tokens               yes          –                 –
//	rate                 yes          rate, own answer  yes
//	rate and comment     yes          both, own answer  yes
//	signal               yes          own answer        yes
type Principal struct {
	Project heed.ProjectID
	KeyID   string // of the key, or of the key that signed the token
	Trust   heed.Trust
	Token   *TokenGrant // set for TrustToken, nil for every other
	Member  *Member     // set for a session, which has no Trust: it writes no feedback
}

// TokenGrant is what a feedback token gives to whoever holds it.
type TokenGrant struct {
	ResponseID heed.ResponseID
	User       privacy.Raw // empty if the token names nobody
	Acts       Acts
	ExpiresAt  time.Time
	Identity   string // SHA-256 of the token in hexadecimal: the same for the same token only
}

// Actor is the principal as the audit log knows who acts. A token is told by the
// key that signed it.
func (p Principal) Actor() audit.Actor {
	if p.Member != nil {
		return p.Member.Actor()
	}
	return audit.Actor{Kind: audit.Key, ID: p.KeyID}
}

// MayRead decides on everything that reads what is stored.
func (p Principal) MayRead() error {
	if p.Member != nil && p.Project != "" {
		return nil
	}
	return p.onlyServer("read")
}

// MayReveal decides on reading what people attached, as it was said: members who
// review do, and nothing that has a key.
func (p Principal) MayReveal() error {
	if p.Member != nil && p.Project != "" && p.Member.Role != store.Analyst {
		return nil
	}
	return heed.Errorf(heed.Forbidden, "only a reviewer or an admin who is signed in may read what people attached")
}

// MayManage decides on a project's settings and keys.
func (p Principal) MayManage() error {
	if p.Member != nil && p.Project != "" {
		return p.Member.MayAdminister()
	}
	return p.onlyServer("change settings")
}

// MayDescribe decides on what only the application itself can say: responses,
// changes, and who may rate, by making tokens.
func (p Principal) MayDescribe() error {
	return p.onlyServer("send responses and changes or make tokens")
}

// MayGiveFeedback decides on a vote, a score, tags or a preference, on taking
// feedback back, and on a comment or correction where it has texts. An empty
// response becomes the token's.
func (p Principal) MayGiveFeedback(response *heed.ResponseID, texts bool) error {
	acts := ActRate
	if texts {
		acts |= ActComment
	}
	return p.may(acts, response)
}

// MayAttach decides on raw prompts and outputs that a person gives.
func (p Principal) MayAttach() error {
	var response heed.ResponseID
	return p.may(ActAttach, &response)
}

// MayComment reports whether its feedback may have texts, so that a form knows
// whether to ask for them.
func (p Principal) MayComment() bool {
	var response heed.ResponseID
	return p.MayGiveFeedback(&response, true) == nil
}

// MaySignal decides on a signal. Every token may signal on its response,
// whatever its acts. An empty response becomes the token's.
func (p Principal) MaySignal(response *heed.ResponseID) error { return p.may(0, response) }

func (p Principal) onlyServer(what string) error {
	if p.Trust == heed.TrustServer && p.Project != "" {
		return nil
	}
	return heed.Errorf(heed.Forbidden, "this credential may not %s: use a secret key (heed_sk_…) from your server", what)
}

// may decides on acts on one response.
func (p Principal) may(acts Acts, response *heed.ResponseID) error {
	switch {
	case p.Project == "":
	case p.Trust == heed.TrustServer, p.Trust == heed.TrustPublic:
		return nil
	case p.Trust == heed.TrustToken && p.Token != nil:
		return p.Token.may(acts, response)
	}
	return heed.Errorf(heed.Forbidden, "this credential may not write feedback")
}

func (g *TokenGrant) may(acts Acts, response *heed.ResponseID) error {
	if *response == "" {
		*response = g.ResponseID
	}
	switch {
	case *response != g.ResponseID:
		return heed.Errorf(heed.Forbidden, "this feedback token is for another response: use the token that came with this one")
	case acts&^g.Acts != 0:
		return heed.Errorf(heed.Forbidden, "this feedback token does not allow that: its act claim lists what it does")
	}
	return nil
}
