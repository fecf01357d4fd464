package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// How long a session lasts: from its beginning, and from when it was last used.
const (
	sessionLifetime = 7 * 24 * time.Hour
	sessionIdle     = 8 * time.Hour
)

// Arrival is how somebody who signs in comes.
type Arrival struct {
	Browser  string // family; empty if not known
	System   string // family; empty if not known
	Replaces string // token of the session that the browser had, which ends

	address netip.Addr // kept nowhere
	device  device     // zero where nobody signed in before
}

// Open begins a session of a user, as their own act, and returns the token that
// stands for it.
func (a *Accounts) Open(ctx context.Context, u store.User, by store.Method, from Arrival) (m Member, token string, err error) {
	token = randomBase62(secretLen, rand.Reader)
	now := heed.Instant(time.Now())
	s := store.Session{
		ID: "ses_" + randomBase62(16, rand.Reader), Hash: sha256.Sum256([]byte(token)), User: u.ID, Method: by,
		Browser: from.Browser, System: from.System, BegunAt: now, UsedAt: now, ExpiresAt: now.Add(sessionIdle),
	}
	m = memberOf(u, s)
	return m, token, a.catalog.CreateSession(audit.By(ctx, m.Actor()), s, sha256.Sum256([]byte(from.Replaces)), now)
}

// Member returns whose session a token stands for, and keeps that it was used.
func (a *Accounts) Member(ctx context.Context, token string) (Member, error) {
	hash, now := sha256.Sum256([]byte(token)), time.Now()
	s, u, err := a.catalog.SessionUser(ctx, hash, now)
	if heed.CodeOf(err) == heed.NotFound {
		return Member{}, heed.Errorf(heed.Unauthenticated, "nobody is signed in: sign in again")
	}
	if err != nil {
		return Member{}, err
	}
	if now.Sub(s.UsedAt) >= useStep {
		// Where this cannot be written the session ends the sooner, and what was
		// asked is answered.
		_ = a.catalog.TouchSession(ctx, hash, heed.Instant(now), heed.Instant(lasts(s.BegunAt, now)))
	}
	return memberOf(u, s), nil
}

// lasts says until when a session lasts that is used now.
func lasts(begun, now time.Time) time.Time {
	if idle := now.Add(sessionIdle); idle.Before(begun.Add(sessionLifetime)) {
		return idle
	}
	return begun.Add(sessionLifetime)
}

// SignOut ends a session.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	return a.catalog.DeleteSession(ctx, sha256.Sum256([]byte(token)))
}

// Sessions returns the sessions of a member, or of everybody where member is
// empty, the one used last first.
func (a *Accounts) Sessions(ctx context.Context, member string) ([]store.Session, error) {
	return a.catalog.ListSessions(ctx, member, time.Now())
}

// Connected returns the ids of the members who can come in by the identity
// provider.
func (a *Accounts) Connected(ctx context.Context) (map[string]bool, error) {
	identities, err := a.catalog.ListIdentities(ctx)
	connected := map[string]bool{}
	for _, i := range identities {
		connected[i.User] = true
	}
	return connected, err
}

// EndSession ends a session by its id: one's own, or that of a member whom one
// could remove. NotFound also where it is somebody's whose one may not end.
func (a *Accounts) EndSession(ctx context.Context, by Member, id string) error {
	s, err := a.catalog.Session(ctx, id, time.Now())
	if err == nil && s.User != by.ID {
		err = a.mayEnd(ctx, by, s)
	}
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Errorf(heed.NotFound, "there is no such session: it may have ended")
	}
	if err != nil {
		return err
	}
	return a.catalog.DeleteSession(ctx, s.Hash)
}

func (a *Accounts) mayEnd(ctx context.Context, by Member, s store.Session) error {
	if (Principal{Member: &by}).May(ManageMembers) != nil {
		return heed.Errorf(heed.NotFound, "it is not theirs")
	}
	u, err := a.catalog.User(ctx, s.User)
	if err != nil {
		return err
	}
	return by.MayAppoint(u.Role, "")
}

// EndSessions ends every session of a member and returns how many there were.
func (a *Accounts) EndSessions(ctx context.Context, member string) (int, error) {
	all, err := a.Sessions(ctx, member)
	for n, s := range all {
		if err := a.catalog.DeleteSession(ctx, s.Hash); err != nil {
			return n, err
		}
	}
	return len(all), err
}
