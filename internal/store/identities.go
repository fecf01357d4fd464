package store

import (
	"context"
	"time"
)

// Identities keeps who members are at an identity provider.
type Identities interface {
	// Identity returns an identity; NotFound if nobody ever came by it.
	Identity(ctx context.Context, issuer, subject string) (Identity, error)
	// ListIdentities returns those of members.
	ListIdentities(ctx context.Context) ([]Identity, error)
	// LinkIdentity makes an identity a member's own, in the place of one that
	// they had. Conflict if it is another member's.
	LinkIdentity(ctx context.Context, i Identity) error
	// JoinByIdentity stores a new user with their identity, all or nothing.
	// Conflict if the name or the identity is taken, or was a member's who was
	// removed.
	JoinByIdentity(ctx context.Context, u User, i Identity) error
}

// Identity is somebody as an identity provider (issuer) knows them, by a name
// (subject) that it gives to nobody else ever. E-mail addresses are no identity:
// they change hands.
type Identity struct {
	Issuer   string
	Subject  string
	User     string // id; empty: of a member who was removed
	LinkedAt time.Time
}
