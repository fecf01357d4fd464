package vault

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"fmt"

	"github.com/heed-ai/heed"
)

// In schema 1 every key was wrapped under one vault key, and that under the root
// key; it was the row of owner "vault". What a project needed for itself was
// derived from the key of its row "project".

var (
	//go:embed query/upgrade.set_aside.sql
	upgradeSetAside string
	//go:embed query/upgrade.vault_key.sql
	upgradeVaultKey string
	//go:embed query/upgrade.keys.sql
	upgradeKeys string
	//go:embed query/upgrade.create.sql
	upgradeCreate string
	//go:embed query/upgrade.drop.sql
	upgradeDrop string
)

// upgradePurposes are the secrets that were derived in schema 1.
var upgradePurposes = []string{stablePurpose, "heed/attachment/v1", "heed/create-key/v1"}

// stablePurpose is what stable pseudonyms were made with.
const stablePurpose = "heed/pseudonym/v1"

// upgradeRow is a row of schema 1.
type upgradeRow struct {
	row
	n int64
}

// upgrade wraps every key under the key of its project. It is part of one
// transaction: a crash leaves the file as it was. The old rows go with their
// table, whose pages secure_delete overwrites, and with the log.
func (db *database) upgrade(ctx context.Context, tx *sql.Tx, root *root) error {
	ring, err := root.first(ctx, false)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, upgradeSetAside); err != nil {
		return err
	}
	if err := applySchema(ctx, tx); err != nil {
		return err
	}
	vaultKey, err := db.upgradeVaultKey(ctx, tx, ring)
	if err != nil {
		return err
	}
	old, err := newProjectKey(keyID{}, installation, vaultKey)
	if err != nil {
		return err
	}
	u := &upgrading{db: db, tx: tx, old: old, ring: ring, projects: map[heed.ProjectID]*projectKey{}}
	for after, more := int64(0), true; more; {
		if after, more, err = u.some(ctx, after); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, upgradeDrop)
	return err
}

// upgradeVaultKey makes the vault key the installation's own, so that what Wrap
// made still opens.
func (db *database) upgradeVaultKey(ctx context.Context, tx *sql.Tx, ring Keyring) ([]byte, error) {
	var id, wrapped []byte
	if err := tx.QueryRowContext(ctx, upgradeVaultKey).Scan(&id, &wrapped); err != nil {
		return nil, err
	}
	if len(id) != keyIDBytes {
		return nil, ErrTampered
	}
	vaultKey, err := ring.Unwrap(ctx, wrapped, keyBound("", "vault", keyID(id)))
	if err != nil || len(vaultKey) != secretBytes {
		return nil, heed.Wrap(heed.Invalid, err,
			"the root key does not open keys.db: use the root.key or HEED_ROOT_KEY that this data directory was made with")
	}
	r := projectRow{project: installation, state: stateCurrent}
	if err := wrapProject(ctx, ring, &r, vaultKey); err != nil {
		return nil, err
	}
	return vaultKey, db.createProjectKey(ctx, tx, r)
}

// upgrading is an upgrade that is under way.
type upgrading struct {
	db       *database
	tx       *sql.Tx
	old      *projectKey // the vault key
	ring     Keyring
	projects map[heed.ProjectID]*projectKey
}

// some upgrades the rows after a number, as many as fit into memory.
func (u *upgrading) some(ctx context.Context, after int64) (last int64, more bool, err error) {
	rows, err := readAll(ctx, u.tx, func(from scanner) (upgradeRow, error) {
		var r upgradeRow
		var id []byte
		if err := from.Scan(&r.n, &id, &r.project, &r.owner, &r.wrapped); err != nil {
			return r, err
		}
		if len(id) != keyIDBytes {
			return r, ErrTampered
		}
		r.id = keyID(id)
		return r, nil
	}, upgradeKeys, sql.Named("after", after), sql.Named("limit", maxBatch))
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	for _, r := range rows {
		if err := u.one(ctx, r.row); err != nil {
			return 0, false, err
		}
		last = r.n
	}
	return last, true, nil
}

// one upgrades a row.
func (u *upgrading) one(ctx context.Context, r row) error {
	if r.destroyed() {
		return u.create(ctx, r)
	}
	under, err := u.projectKey(ctx, r.project)
	if err != nil {
		return err
	}
	material, err := u.old.aead.Open(nil, nil, r.wrapped, keyBound(r.project, r.owner.String, r.id))
	if err != nil || len(material) != secretBytes {
		return fmt.Errorf("unwrap a key: %w", ErrTampered)
	}
	if r.owner.String != "project" {
		under.rewrap(&r, (*secret)(material))
		return u.create(ctx, r)
	}
	for _, purpose := range upgradePurposes {
		derived, err := hkdf.Key(sha256.New, material, nil, string(frame("heed/project-secret/v1", purpose)), secretBytes)
		if err != nil {
			return err
		}
		o := owner{project: r.project, kind: ofSecret, purpose: purpose}
		if purpose == stablePurpose {
			o = owner{project: r.project, kind: ofStable}
		}
		if err := u.create(ctx, under.wrap(o, (*secret)(derived))); err != nil {
			return err
		}
	}
	return nil
}

func (u *upgrading) create(ctx context.Context, r row) error {
	_, err := u.tx.ExecContext(ctx, upgradeCreate, sql.Named("id", r.id[:]), sql.Named("project", string(r.project)),
		sql.Named("owner", r.owner), sql.Named("under", r.under[:]), sql.Named("wrapped", r.wrapped))
	return err
}

// projectKey returns the key of a project, which it makes.
func (u *upgrading) projectKey(ctx context.Context, project heed.ProjectID) (*projectKey, error) {
	if k := u.projects[project]; k != nil {
		return k, nil
	}
	var material secret
	rand.Read(material[:])
	r := projectRow{project: project, state: stateCurrent}
	if err := wrapProject(ctx, u.ring, &r, material[:]); err != nil {
		return nil, err
	}
	if err := u.db.createProjectKey(ctx, u.tx, r); err != nil {
		return nil, err
	}
	k, err := newProjectKey(r.id, project, material[:])
	u.projects[project] = k
	return k, err
}
