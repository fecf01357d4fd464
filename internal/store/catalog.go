package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Catalog is the transactional truth about projects, keys and members. All methods are
// safe for concurrent use, also by several processes on one data directory:
// what one commits, the others see at their next call. Errors are heed.Errors,
// NotFound and Conflict among them.
type Catalog interface {
	Projects
	Keys
	Users
	Sessions
	Entries
	Identities
	Erasures
	RetentionRuns
	Attachments
	Reveals
	Publications
	Findings
	Filings
	FollowUps
	Datasets
	DatasetMarks
	DatasetVersions
	Inbox
	InboxViews
	InboxFeed
	SlackApps
	GitHubRepos
	Issues
	Endpoints
	Deliveries
	DeliveryLog
	Happenings
	Alerts
	Reviews
	ReviewSchedule
	Audit
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
	// creation. Its audit record has what settings that protect people were and are;
	// where nothing changes there is none.
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
	// NoteKeyUses keeps when keys were last used. An earlier time than the one
	// that is kept changes nothing, and neither does a key that is not there.
	NoteKeyUses(ctx context.Context, uses []KeyUse) error
}

// KeyUse is that a key was used.
type KeyUse struct {
	Project heed.ProjectID
	ID      string
	At      time.Time
}

// KeyKind says what a key may do.
type KeyKind string

const (
	SecretKey      KeyKind = "sk"
	PublishableKey KeyKind = "pk"
)

// KeyScope says how much of what secret keys may do one may. The table of access
// has what that is.
type KeyScope string

const (
	ScopeAll     KeyScope = "all"
	ScopeWrite   KeyScope = "write"   // what an application says, and the tokens that it makes
	ScopeRead    KeyScope = "read"    // what is there, what people wrote among it
	ScopeNumbers KeyScope = "numbers" // statistics alone
)

// KeyScopes lists every scope, from the one that may most.
func KeyScopes() []KeyScope { return []KeyScope{ScopeAll, ScopeWrite, ScopeRead, ScopeNumbers} }

// Key is a credential as the catalog knows it.
type Key struct {
	ID        string         `json:"id"` // the eight characters after heed_sk_; also a token's kid
	Project   heed.ProjectID `json:"project"`
	Kind      KeyKind        `json:"kind"`
	Scope     KeyScope       `json:"scope,omitempty" enum:"all,write,read,numbers" doc:"Of a secret key."`
	Name      string         `json:"name"`
	CreatedAt time.Time      `json:"created_at"`
	ExpiresAt time.Time      `json:"expires_at,omitzero" doc:"When it ends by itself, with every token made with it."`
	UsedAt    time.Time      `json:"last_used_at,omitzero" doc:"When it, or a token made with it, was last shown; to ten minutes, and never before it was made."`
	RevokedAt time.Time      `json:"revoked_at,omitzero"`

	Hash     [32]byte `json:"-"` // SHA-256 of the whole key
	TokenKey []byte   `json:"-"` // wrapped key that signs feedback tokens; secret keys only
}

// Active reports whether the key may be used at a time.
func (k Key) Active(now time.Time) bool {
	return k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// Users keeps the members of the team that looks at the feedback.
type Users interface {
	// CreateUser stores a new user; Conflict if the name is taken.
	CreateUser(ctx context.Context, u User) error
	User(ctx context.Context, id string) (User, error)
	UserByName(ctx context.Context, name string) (User, error)
	// ListUsers returns every user, by name.
	ListUsers(ctx context.Context) ([]User, error)
	// ChangePassword gives a user another password, and ends every session
	// of theirs but the one of hash, which goes on under next, and their way
	// in: all or nothing.
	ChangePassword(ctx context.Context, id, password string, hash, next [32]byte) error
	// ChangeRole gives a user another role; no error if they have it.
	// Conflict for the last owner or admin, who must stay one.
	ChangeRole(ctx context.Context, id string, role Role) error
	// DeleteUser removes a user, with their sessions and their way in.
	// Conflict for the last owner or admin: of two who remove each other, one
	// stays.
	DeleteUser(ctx context.Context, id string) error
}

// Role says what a member may do.
type Role string

const (
	Owner          Role = "owner"           // everything
	Admin          Role = "admin"           // everything but what concerns owners and the audit log
	PrivacyOfficer Role = "privacy_officer" // what concerns people's rights: erasure, export, the audit log
	Analyst        Role = "analyst"         // numbers, and items without what people wrote
	Reviewer       Role = "reviewer"        // items, and work on findings
	Developer      Role = "developer"       // keys and settings, and items without what people wrote
	Auditor        Role = "auditor"         // the audit log, and what becomes of people's data
)

// Roles lists every role, from the one that may most.
func Roles() []Role {
	return []Role{Owner, Admin, PrivacyOfficer, Reviewer, Analyst, Developer, Auditor}
}

// User is a member of the team.
type User struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	CreatedAt time.Time `json:"created_at"`

	Password string `json:"-"` // encoded hash; empty until one is chosen
}
