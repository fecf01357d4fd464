package vault

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/keys.under.sql
	keysUnder string
	//go:embed query/keys.count_under.sql
	keysCountUnder string
	//go:embed query/keys.destroy_project.sql
	keysDestroyProject string
	//go:embed query/project_keys.destroy_project.sql
	projectKeysDestroyProject string
)

// RotateRoot wraps the keys of all projects under another root key and returns
// its id. Texts and the keys of people are not touched. Where to is nil, a new
// root key is made and takes the place of the file root.key; else a file that is
// there is no longer needed, and is removed.
//
// A crash leaves keys.db under one root key or the other, with that key in its
// place; where the new key came from outside, it is the caller's to keep both
// until RotateRoot has returned. Rotating to the root key that is in use wraps
// anew, as for another version of it in a key management service.
//
// Other processes notice when they need the root key next.
func (v *Vault) RotateRoot(ctx context.Context, to Keyring) (id string, err error) {
	key, made, err := newRoot()
	if err != nil {
		return "", err
	}
	ring := to
	if to == nil {
		ring = made
	}
	const tries = 5 // projects are not made all the time
	for range tries {
		if err = v.rotateRoot(ctx, ring, to == nil, key); !errors.Is(err, errReplaced) {
			break
		}
	}
	if err != nil {
		return "", failure("rotate the root key", err)
	}
	v.step("root committed")
	if err := v.db.emptyLog(ctx); err != nil {
		return "", failure("empty the log of the key database", err)
	}
	v.step("root log emptied")
	if to == nil {
		err = adoptRootFile(v.root.dir, ring.ID())
	} else {
		err = dropRootFile(filepath.Join(v.root.dir, rootFile))
	}
	return ring.ID(), failure("put the root key in its place", err)
}

// rotateRoot wraps every project key anew, all or none. The root keys are asked
// before the write lock is taken, for they may be far away; if the project keys
// are others by then, it is errReplaced.
func (v *Vault) rotateRoot(ctx context.Context, ring Keyring, toFile bool, key secret) error {
	before, err := v.db.projectKeys(ctx, v.db.read)
	if err != nil {
		return err
	}
	after := make([]projectRow, len(before))
	for i, r := range before {
		k, err := v.projects.withID(ctx, v.db.read, r.project, r.id)
		if err != nil {
			return err
		}
		after[i] = r
		if err := wrapProject(ctx, ring, &after[i], k.secret[:]); err != nil {
			return err
		}
	}
	return v.db.change(ctx, func(tx *sql.Tx) error {
		now, err := v.db.projectKeys(ctx, tx)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(before, now, func(a, b projectRow) bool {
			return a.id == b.id && a.state == b.state && bytes.Equal(a.wrapped, b.wrapped)
		}) {
			return errReplaced
		}
		if toFile {
			if err := writeRootFile(v.root.dir, newRootFile(ring.ID()), key); err != nil {
				return err
			}
			v.step("root file written")
		}
		for i := range before {
			if err := v.db.destroyProjectKey(ctx, tx, before[i]); err != nil {
				return err
			}
			if err := v.db.createProjectKey(ctx, tx, after[i]); err != nil {
				return err
			}
		}
		v.step("root wrapped")
		_, err = tx.ExecContext(ctx, shredsIncrement)
		return err
	})
}

// RotateProject gives a project a new key, wraps the project's keys under it and
// destroys the old one. Texts are not touched. It goes in steps, between which
// everything opens; a rotation that was cut short is finished by the next one,
// or when the vault is opened. NotFound if the project has no key yet.
func (v *Vault) RotateProject(ctx context.Context, project heed.ProjectID) (id string, err error) {
	if project == installation {
		return "", heed.InvalidField("project", "is missing")
	}
	var current *projectKey
	err = v.db.change(ctx, func(tx *sql.Tx) error {
		if _, err := scanProject(tx.QueryRowContext(ctx, projectKeysCurrent, sql.Named("project", string(project)))); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, projectKeysRetire, sql.Named("project", string(project))); err != nil {
			return err
		}
		current, err = v.projects.make(ctx, tx, project)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", heed.Errorf(heed.NotFound, "the project has no key yet: nothing of it is sealed")
	}
	if err != nil {
		return "", failure("rotate the key of a project", err)
	}
	v.step("project key made")
	return hex.EncodeToString(current.id[:]), v.finishRotations(ctx)
}

// finishRotations wraps what is still under a retired project key under the
// current one.
func (v *Vault) finishRotations(ctx context.Context) error {
	live, err := v.db.projectKeys(ctx, v.db.read)
	if err != nil {
		return failure("read the key database", err)
	}
	retired := false
	for _, r := range live {
		if r.state != stateRetired {
			continue
		}
		retired = true
		if err := v.replace(ctx, r); err != nil {
			return failure("rotate the key of a project", err)
		}
	}
	if !retired {
		return nil
	}
	v.step("project key destroyed")
	return failure("empty the log of the key database", v.db.emptyLog(ctx))
}

// replace wraps what is under a retired project key anew, in parts that hold
// nobody up, and then destroys that key.
func (v *Vault) replace(ctx context.Context, old projectRow) error {
	for after := int64(0); ; {
		wrapped := 0
		err := v.db.change(ctx, func(tx *sql.Tx) (err error) {
			after, wrapped, err = v.replaceSome(ctx, tx, old, after)
			return err
		})
		if err != nil {
			return err
		}
		if wrapped == 0 {
			break
		}
		v.step("keys wrapped")
	}
	return v.db.change(ctx, func(tx *sql.Tx) error {
		// Keys are made under the current one, so there can be none; but a key that
		// is destroyed too early is never seen again.
		left, err := v.db.keysUnder(ctx, tx, old.project, old.id)
		if err != nil {
			return err
		}
		if left > 0 {
			return errReplaced
		}
		if err := v.db.destroyProjectKey(ctx, tx, old); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, shredsIncrement)
		return err
	})
}

// keysUnder counts the keys that a project key wraps.
func (db *database) keysUnder(ctx context.Context, from querier, project heed.ProjectID, id keyID) (n int64, err error) {
	err = from.QueryRowContext(ctx, keysCountUnder, sql.Named("project", string(project)), sql.Named("under", id[:])).Scan(&n)
	return n, err
}

// replaceSome wraps the next keys under a retired project key anew.
func (v *Vault) replaceSome(ctx context.Context, tx *sql.Tx, old projectRow, after int64) (last int64, wrapped int, err error) {
	from, err := v.projects.withID(ctx, tx, old.project, old.id)
	if errors.Is(err, errReplaced) {
		return 0, 0, nil // another process finished it
	}
	if err != nil {
		return 0, 0, err
	}
	to, err := v.projects.current(ctx, tx, old.project)
	if err != nil {
		return 0, 0, err
	}
	last = after
	rows, err := readAll(ctx, tx, func(s scanner) (row, error) { return scan(numbered{s, &last}) }, keysUnder,
		sql.Named("after", after), sql.Named("project", string(old.project)), sql.Named("under", old.id[:]), sql.Named("limit", maxBatch))
	if err != nil {
		return 0, 0, err
	}
	update, err := tx.PrepareContext(ctx, keysRewrap)
	if err != nil {
		return 0, 0, err
	}
	defer update.Close()
	for _, r := range rows {
		k, err := from.open(r)
		if err != nil {
			return 0, 0, err
		}
		to.rewrap(&r, &k.secret)
		if err := v.db.rewrap(ctx, update, r); err != nil {
			return 0, 0, err
		}
	}
	return last, len(rows), nil
}

// numbered is a row with its number before the rest.
type numbered struct {
	scanner
	n *int64
}

func (s numbered) Scan(into ...any) error { return s.scanner.Scan(append([]any{s.n}, into...)...) }

// ShredProject destroys all keys of a project at once: no text, attachment or
// pseudonym of it can be read or computed again. It returns when they are gone
// from keys.db and its log, and may be repeated; NotFound says that there is
// none (any more). What comes in for the project later gets new keys.
func (v *Vault) ShredProject(ctx context.Context, project heed.ProjectID) error {
	if project == installation {
		return heed.InvalidField("project", "is missing")
	}
	var destroyed int64
	err := v.db.change(ctx, func(tx *sql.Tx) error {
		for _, query := range []string{keysDestroyProject, projectKeysDestroyProject} {
			result, err := tx.ExecContext(ctx, query, sql.Named("project", string(project)))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			destroyed += n
		}
		_, err := tx.ExecContext(ctx, shredsIncrement)
		return err
	})
	v.keys.cache.forgetAll()
	if err := errors.Join(err, v.projects.forget(ctx)); err != nil {
		return failure("destroy the keys of a project", err)
	}
	if err := v.db.emptyLog(ctx); err != nil {
		return failure("empty the log of the key database", err)
	}
	if destroyed == 0 {
		return heed.Errorf(heed.NotFound, "the project has no key, so no text that could be opened")
	}
	return nil
}
