package access

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
)

// Principal is who a request speaks for, once the Authority has said yes. It
// acts in its one Project only. The zero Principal may do nothing.
//
// What it may do, the table says; of a token it is on its own answer only, and
// as its acts are.
type Principal struct {
	Project heed.ProjectID
	KeyID   string // of the key, or of the key that signed the token
	Trust   heed.Trust
	Scope   store.KeyScope // of a secret key
	Ends    time.Time      // when its key ends by itself; zero: never
	Token   *TokenGrant    // set for TrustToken, nil for every other
	Member  *Member        // set for a session, which has no Trust: it writes no feedback
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

// principalKey is the key under which a context carries a principal.
type principalKey struct{}

// With returns a context of what a principal asks for: changes in it are its
// acts.
func With(ctx context.Context, who Principal) context.Context {
	return audit.By(context.WithValue(ctx, principalKey{}, who), who.Actor())
}

// PrincipalOf returns who asks for what a context is of. Where nobody does, it is
// one that may do nothing.
func PrincipalOf(ctx context.Context) Principal {
	who, _ := ctx.Value(principalKey{}).(Principal)
	return who
}

// MayDescribe decides on what only the application itself can say: responses,
// changes, and who may rate, by making tokens.
func (p Principal) MayDescribe() error {
	return p.May(Describe)
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

// may decides on acts on one response.
func (p Principal) may(acts Acts, response *heed.ResponseID) error {
	if err := p.May(Write); err != nil {
		return err
	}
	if p.Trust != heed.TrustToken {
		return nil
	}
	if p.Token == nil {
		return heed.Errorf(heed.Forbidden, "this credential may not write feedback")
	}
	return p.Token.may(acts, response)
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
