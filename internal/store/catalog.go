package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Catalog is the transactional truth about projects and keys. All methods are
// safe for concurrent use, also by several processes on one data directory:
// what one commits, the others see at their next call. Errors are heed.Errors,
// NotFound and Conflict among them.
type Catalog interface {
	Projects
	Keys
	Close() error
}

// Projects keeps the tenants.
type Projects interface {
	// CreateProject stores a new project with its first keys, all or
	// nothing. Conflict if the name is taken.
	CreateProject(ctx context.Context, p heed.Project, keys []Key) error
	Project(ctx context.Context, id heed.ProjectID) (heed.Project, error)
	ProjectByName(ctx context.Context, name string) (heed.Project, error)
	// ListProjects returns every project, by name.
	ListProjects(ctx context.Context) ([]heed.Project, error)
	// UpdateProject replaces everything of a project but its id and time of
	// creation.
	UpdateProject(ctx context.Context, p heed.Project) error
}

// Keys keeps credentials, never the credential itself.
type Keys interface {
	CreateKey(ctx context.Context, k Key) error
	// Key finds a key by its public id, revoked ones included.
	Key(ctx context.Context, id string) (Key, error)
	// ListKeys returns the keys of a project, oldest first.
	ListKeys(ctx context.Context, project heed.ProjectID) ([]Key, error)
	// RevokeKey ends a key for good; NotFound if the project has no such
	// key, and no error if it was revoked before.
	RevokeKey(ctx context.Context, project heed.ProjectID, id string, at time.Time) error
}

// KeyKind says what a key may do.
type KeyKind string

const (
	SecretKey      KeyKind = "sk"
	PublishableKey KeyKind = "pk"
)

// Key is a credential as the catalog knows it.
type Key struct {
	ID        string         `json:"id"` // the eight characters after heed_sk_; also a token's kid
	Project   heed.ProjectID `json:"project"`
	Kind      KeyKind        `json:"kind"`
	Name      string         `json:"name"`
	CreatedAt time.Time      `json:"created_at"`
	RevokedAt time.Time      `json:"revoked_at,omitzero"`

	Hash     [32]byte `json:"-"` // SHA-256 of the whole key
	TokenKey []byte   `json:"-"` // wrapped key that signs feedback tokens; secret keys only
}

// Active reports whether the key may still be used.
func (k Key) Active() bool { return k.RevokedAt.IsZero() }
