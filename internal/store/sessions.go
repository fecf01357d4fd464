package store

import (
	"context"
	"time"
)

// Sessions keeps who is signed in. Tokens are kept as hashes only.
type Sessions interface {
	// CreateSession stores a new session, ends the one that it takes the place
	// of, if there is one, and forgets those that have ended.
	CreateSession(ctx context.Context, s Session, replaces [32]byte, now time.Time) error
	// SessionUser returns a session by its hash, and whose it is; NotFound if
	// there is none or it has ended.
	SessionUser(ctx context.Context, hash [32]byte, now time.Time) (Session, User, error)
	// TouchSession keeps that a session was used, and until when it lasts then;
	// no error if there is none.
	TouchSession(ctx context.Context, hash [32]byte, used, expires time.Time) error
	// ListSessions returns the sessions of a user, or of all where user is
	// empty, the one used last first.
	ListSessions(ctx context.Context, user string, now time.Time) ([]Session, error)
	// Session returns a session by its id; NotFound as SessionUser.
	Session(ctx context.Context, id string, now time.Time) (Session, error)
	// DeleteSession ends a session; no error if there is none.
	DeleteSession(ctx context.Context, hash [32]byte) error
}

// Session is a right to act as a user until it expires.
type Session struct {
	ID        string    `json:"id"`
	Hash      [32]byte  `json:"-"`      // SHA-256 of what the user shows
	User      string    `json:"member"` // id
	Method    Method    `json:"by"`
	Browser   string    `json:"browser"` // family, such as Firefox; empty if not known
	System    string    `json:"system"`  // family, such as Linux; empty if not known
	BegunAt   time.Time `json:"begun_at"`
	UsedAt    time.Time `json:"last_used_at"` // to ten minutes
	ExpiresAt time.Time `json:"expires_at"`   // where it is not used again
}

// Method says by what somebody signed in.
type Method string

const (
	ByLink     Method = "link" // a one-time link
	ByPassword Method = "password"
	ByOIDC     Method = "oidc" // an identity provider
)

// Entries keeps who may come in by a one-time link. Codes are kept as hashes only.
type Entries interface {
	// PutEntry stores a user's one way in; an earlier one is no longer
	// good.
	PutEntry(ctx context.Context, e Entry) error
	// TakeEntry uses a way in up and returns whose it was; NotFound if
	// there is none or it has ended. Of several at once one succeeds.
	TakeEntry(ctx context.Context, hash [32]byte, now time.Time) (user string, err error)
}

// Entry is a right to come in once.
type Entry struct {
	Hash      [32]byte // SHA-256 of the code
	User      string   // id
	ExpiresAt time.Time
}
