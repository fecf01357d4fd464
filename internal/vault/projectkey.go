package vault

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/project_keys.create.sql
	projectKeysCreate string
	//go:embed query/project_keys.current.sql
	projectKeysCurrent string
	//go:embed query/project_keys.by_id.sql
	projectKeysByID string
	//go:embed query/project_keys.live.sql
	projectKeysLive string
	//go:embed query/project_keys.retire.sql
	projectKeysRetire string
	//go:embed query/project_keys.destroy.sql
	projectKeysDestroy string
)

// installation stands for a project where a key is Heed's own: the one that
// Wrap uses.
const installation heed.ProjectID = ""

// States of a project key that lives.
const (
	stateCurrent = "current"
	stateRetired = "retired" // what it wraps is being wrapped under the current one
)

// projectRow is a project key at rest.
type projectRow struct {
	id      keyID
	project heed.ProjectID
	state   string
	root    string
	made    time.Time
	wrapped []byte
}

func scanProject(from scanner) (projectRow, error) {
	var r projectRow
	var id []byte
	var made int64
	if err := from.Scan(&id, &r.project, &r.state, &r.root, &made, &r.wrapped); err != nil {
		return projectRow{}, err
	}
	if len(id) != keyIDBytes {
		return projectRow{}, ErrTampered
	}
	r.id, r.made = keyID(id), time.UnixMicro(made).UTC()
	return r, nil
}

// bound is what a wrapped project key authenticates: it opens in no other's
// stead.
func (r *projectRow) bound() []byte {
	return frame("heed/project-key/v1", string(r.project), string(r.id[:]))
}

// createProjectKey stores a project key.
func (db *database) createProjectKey(ctx context.Context, tx *sql.Tx, r projectRow) error {
	_, err := tx.ExecContext(ctx, projectKeysCreate, sql.Named("id", r.id[:]), sql.Named("project", string(r.project)),
		sql.Named("state", r.state), sql.Named("root", r.root), sql.Named("made", r.made.UnixMicro()), sql.Named("wrapped", r.wrapped))
	return err
}

// destroyProjectKey overwrites a project key.
func (db *database) destroyProjectKey(ctx context.Context, tx *sql.Tx, r projectRow) error {
	_, err := tx.ExecContext(ctx, projectKeysDestroy, sql.Named("project", string(r.project)), sql.Named("id", r.id[:]))
	return err
}

func (db *database) projectKeys(ctx context.Context, from querier) ([]projectRow, error) {
	return readAll(ctx, from, scanProject, projectKeysLive)
}

// projectKey wraps the keys of one project.
type projectKey struct {
	id      keyID
	project heed.ProjectID
	secret  secret
	aead    cipher.AEAD
}

func newProjectKey(id keyID, project heed.ProjectID, material []byte) (*projectKey, error) {
	if len(material) != secretBytes {
		return nil, ErrTampered
	}
	aead, err := deriveAEAD(material, "heed/key/v1")
	return &projectKey{id: id, project: project, secret: secret(material), aead: aead}, err
}

// wrap returns the row of a key of o.
func (k *projectKey) wrap(o owner, material *secret) row {
	r := newRow(o)
	k.rewrap(&r, material)
	return r
}

// rewrap puts a row under k.
func (k *projectKey) rewrap(r *row, material *secret) {
	r.under = k.id
	r.wrapped = k.aead.Seal(nil, nil, material[:], keyBound(r.project, r.owner.String, r.id))
}

// open opens a row under k. A key is bound to its project, owner and id, so
// that a row in another's stead does not open.
func (k *projectKey) open(r row) (key, error) {
	o, err := parseOwner(r.project, r.owner.String)
	if err != nil {
		return key{}, err
	}
	material, err := k.aead.Open(nil, nil, r.wrapped, keyBound(r.project, r.owner.String, r.id))
	if err != nil || len(material) != secretBytes {
		return key{}, fmt.Errorf("unwrap a key: %w", ErrTampered)
	}
	return key{id: r.id, owner: o, secret: secret(material)}, nil
}

// keyBound returns what a wrapped key authenticates.
func keyBound(project heed.ProjectID, owner string, id keyID) []byte {
	return frame("heed/key/v1", string(project), owner, string(id[:]))
}

// projectKeys are the project keys that were unwrapped, by their random ids,
// which always mean the same key. Safe for concurrent use.
type projectKeys struct {
	db   *database
	root *root

	mu   sync.RWMutex
	byID map[keyID]*projectKey
}

func newProjectKeys(db *database, root *root) *projectKeys {
	return &projectKeys{db: db, root: root, byID: map[keyID]*projectKey{}}
}

// errReplaced means that a row was read whose project key is no more: it was
// wrapped anew since, or destroyed.
var errReplaced = errors.New("the key is under another project key by now")

// withID returns the project key with an id, and errReplaced if it is none.
func (ks *projectKeys) withID(ctx context.Context, from querier, project heed.ProjectID, id keyID) (*projectKey, error) {
	if k := ks.known(id); k != nil && k.project == project {
		return k, nil
	}
	r, err := scanProject(from.QueryRowContext(ctx, projectKeysByID, sql.Named("project", string(project)), sql.Named("id", id[:])))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errReplaced
	}
	if err != nil {
		return nil, err
	}
	return ks.unwrap(ctx, r)
}

// current returns the key that wraps what is made for a project now, and makes
// it if there is none.
func (ks *projectKeys) current(ctx context.Context, tx *sql.Tx, project heed.ProjectID) (*projectKey, error) {
	r, err := scanProject(tx.QueryRowContext(ctx, projectKeysCurrent, sql.Named("project", string(project))))
	if errors.Is(err, sql.ErrNoRows) {
		return ks.make(ctx, tx, project)
	}
	if err != nil {
		return nil, err
	}
	if k := ks.known(r.id); k != nil {
		return k, nil
	}
	return ks.unwrap(ctx, r)
}

// make makes a project's key, under the root key that wraps the others.
func (ks *projectKeys) make(ctx context.Context, tx *sql.Tx, project heed.ProjectID) (*projectKey, error) {
	want, err := ks.db.rootID(ctx, tx)
	if err != nil {
		return nil, err
	}
	ring, err := ks.root.keyring(ctx, want)
	if err != nil {
		return nil, err
	}
	r := projectRow{project: project, state: stateCurrent}
	var material secret
	rand.Read(material[:])
	if err := wrapProject(ctx, ring, &r, material[:]); err != nil {
		return nil, err
	}
	if err := ks.db.createProjectKey(ctx, tx, r); err != nil {
		return nil, err
	}
	// Not remembered before it is durable.
	return newProjectKey(r.id, project, material[:])
}

// wrapProject completes the row of a project key, which gets an id if it has
// none yet.
func wrapProject(ctx context.Context, ring Keyring, r *projectRow, material []byte) (err error) {
	if r.id == (keyID{}) {
		rand.Read(r.id[:])
		r.made = time.Now()
	}
	r.root = ring.ID()
	if r.wrapped, err = ring.Wrap(ctx, material, r.bound()); err != nil {
		return unavailable(err, "the root key "+r.root+" could not wrap the key of a project: check that it can be reached")
	}
	return nil
}

func (ks *projectKeys) known(id keyID) *projectKey {
	ks.mu.RLock()
	defer ks.mu.RUnlock()
	return ks.byID[id]
}

// unwrap opens a project key and remembers it.
func (ks *projectKeys) unwrap(ctx context.Context, r projectRow) (*projectKey, error) {
	ring, err := ks.root.keyring(ctx, r.root)
	if err != nil {
		return nil, err
	}
	material, err := ring.Unwrap(ctx, r.wrapped, r.bound())
	if err != nil {
		return nil, heed.Wrap(heed.Unavailable, err, "the root key "+r.root+" does not open the project key "+hex.EncodeToString(r.id[:])+
			": check that the root key can be reached, or restore keys.db from a backup")
	}
	k, err := newProjectKey(r.id, r.project, material)
	if err != nil {
		return nil, err
	}
	ks.mu.Lock()
	defer ks.mu.Unlock()
	ks.byID[k.id] = k
	return k, nil
}

// forget drops the keys that are no more.
func (ks *projectKeys) forget(ctx context.Context) error {
	live, err := ks.db.projectKeys(ctx, ks.db.read)
	if err != nil {
		return err
	}
	ids := make(map[keyID]bool, len(live))
	for _, r := range live {
		ids[r.id] = true
	}
	ks.mu.Lock()
	defer ks.mu.Unlock()
	for id, k := range ks.byID {
		if !ids[id] {
			clear(k.secret[:])
			delete(ks.byID, id)
		}
	}
	return nil
}

// forgetAll drops all keys.
func (ks *projectKeys) forgetAll() {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	clear(ks.byID)
}
