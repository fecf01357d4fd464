package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/heed-ai/heed"
)

// staleAfter bounds how long a key may be used after another process
// destroyed it. Asking the database on every use was rejected: it would cost
// more than the text.
const staleAfter = time.Second

// keys are the keys in keys.db, unwrapped. Safe for concurrent use.
type keys struct {
	db       *database
	projects *projectKeys
	cache    *cache
	uses     *uses
	maker    *maker

	opened  time.Time
	checked atomic.Int64 // when shreds was read last: nanoseconds since opened
	shreds  atomic.Int64 // how many keys were destroyed or wrapped anew by then
}

func openKeys(ctx context.Context, db *database, projects *projectKeys) (*keys, error) {
	shreds, err := db.shreds(ctx)
	if err != nil {
		return nil, failure("read the key database", err)
	}
	ks := &keys{db: db, projects: projects, cache: newCache(maxCached), uses: newUses(), opened: time.Now()}
	ks.shreds.Store(shreds)
	ks.maker = startMaker(ks.makeAll)
	return ks, nil
}

// close waits for keys that are being made, and forgets all.
func (ks *keys) close() {
	ks.maker.stop()
	ks.cache.forgetAll()
	ks.projects.forgetAll()
}

// obtain returns the key of o, and makes it if there is none. The key is
// durable when obtain returns.
func (ks *keys) obtain(ctx context.Context, o owner) (key, error) {
	if err := ks.refresh(ctx); err != nil {
		return key{}, err
	}
	ks.uses.note(o)
	if k, ok := ks.cache.ofOwner(o); ok {
		return k, nil
	}
	k, err := ks.read(ctx, func() (row, error) { return ks.db.rowOfOwner(ctx, o.project, o.name()) })
	if errors.Is(err, sql.ErrNoRows) {
		made, err := ks.maker.make(ctx, o)
		if err != nil {
			return key{}, err
		}
		return made[0], nil
	}
	return k, err
}

// prepare reads or makes the keys of owners that are not remembered, so that
// obtain has them without a look at the disk for each: what is missing takes one
// commit, not one for each owner.
func (ks *keys) prepare(ctx context.Context, owners []owner) error {
	if err := ks.refresh(ctx); err != nil {
		return err
	}
	owners = slices.DeleteFunc(owners, func(o owner) bool {
		_, ok := ks.cache.ofOwner(o)
		return ok
	})
	if len(owners) == 0 {
		return nil
	}
	generation := ks.cache.now()
	rows, missing, err := ks.db.rowsOfOwners(ctx, owners)
	if err != nil {
		return failure("read keys", err)
	}
	for _, r := range rows {
		k, err := ks.open(ctx, ks.db.read, r)
		if errors.Is(err, errReplaced) {
			continue // who needs it reads it again
		}
		if err != nil {
			return failure("read a key", err)
		}
		ks.cache.put(generation, k)
	}
	for part := range slices.Chunk(missing, maxBatch) {
		if _, err := ks.maker.make(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}

// find returns the key with an id: ErrShredded if it was destroyed,
// ErrTampered if the project never had it.
func (ks *keys) find(ctx context.Context, project heed.ProjectID, id keyID) (key, error) {
	if err := ks.refresh(ctx); err != nil {
		return key{}, err
	}
	if k, ok := ks.cache.withID(id); ok {
		return k, nil
	}
	k, err := ks.read(ctx, func() (row, error) { return ks.db.rowWithID(ctx, ks.db.read, project, id) })
	if errors.Is(err, sql.ErrNoRows) {
		return key{}, ErrTampered
	}
	return k, err
}

// read reads a row, opens it and remembers its key. A row that is wrapped anew
// between being read and being opened is read again. It returns sql.ErrNoRows as
// it is.
func (ks *keys) read(ctx context.Context, read func() (row, error)) (key, error) {
	const tries = 5 // rotations do not come one a millisecond
	var err error
	for range tries {
		generation := ks.cache.now()
		var r row
		if r, err = read(); errors.Is(err, sql.ErrNoRows) {
			return key{}, err
		}
		var k key
		if err == nil {
			k, err = ks.open(ctx, ks.db.read, r)
		}
		switch {
		case err == nil:
			ks.cache.put(generation, k)
			return k, nil
		case !errors.Is(err, errReplaced):
			return key{}, failure("read a key", err)
		}
	}
	return key{}, failure("read a key", err)
}

// open opens a row.
func (ks *keys) open(ctx context.Context, from querier, r row) (key, error) {
	if r.destroyed() {
		return key{}, ErrShredded
	}
	under, err := ks.projects.withID(ctx, from, r.project, r.under)
	if err != nil {
		return key{}, err
	}
	return under.open(r)
}

// makeAll makes the keys of owners that have none, in one transaction, and
// returns the keys of all in their order.
func (ks *keys) makeAll(ctx context.Context, owners []owner) ([]key, error) {
	generation := ks.cache.now()
	made := make([]key, len(owners))
	err := ks.db.change(ctx, func(tx *sql.Tx) error {
		fresh, err := ks.fresh(ctx, tx, owners)
		if err != nil {
			return err
		}
		rows, err := ks.db.obtainRows(ctx, tx, fresh)
		if err != nil {
			return err
		}
		for i, r := range rows {
			if made[i], err = ks.open(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, failure("make a key", err)
	}
	for _, k := range made {
		ks.cache.put(generation, k)
	}
	return made, nil
}

// fresh returns the rows of new keys of owners, each under the key of its
// project.
func (ks *keys) fresh(ctx context.Context, tx *sql.Tx, owners []owner) ([]row, error) {
	current := make(map[heed.ProjectID]*projectKey)
	fresh := make([]row, len(owners))
	for i, o := range owners {
		if current[o.project] == nil {
			under, err := ks.projects.current(ctx, tx, o.project)
			if err != nil {
				return nil, err
			}
			current[o.project] = under
		}
		var material secret
		rand.Read(material[:])
		fresh[i] = current[o.project].wrap(o, &material)
	}
	return fresh, nil
}

// shred destroys the key of o.
func (ks *keys) shred(ctx context.Context, o owner) error {
	destroyed, err := ks.db.destroy(ctx, o.project, o.name())
	// Whatever became of it, the key may be gone.
	ks.cache.forget(o)
	if err != nil {
		return failure("destroy a key", err)
	}
	// Even if there was no key, the log may hold one: of a Shred that came no
	// further.
	if err := ks.db.emptyLog(ctx); err != nil {
		return failure("empty the log of the key database", err)
	}
	if !destroyed {
		return heed.Errorf(heed.NotFound, "the respondent has no key, so no text that could be opened")
	}
	return nil
}

// shredWithID destroys the key with an id, whoever's it is.
func (ks *keys) shredWithID(ctx context.Context, project heed.ProjectID, id keyID) error {
	r, err := ks.db.rowWithID(ctx, ks.db.read, project, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.destroyed() {
		if err := ks.db.finishLog(ctx); err != nil {
			return err
		}
		return heed.Errorf(heed.NotFound, "there is no such key, or no more")
	}
	if err != nil {
		return failure("read a key", err)
	}
	_, err = ks.db.destroyWithID(ctx, project, id)
	ks.cache.forgetAll()
	if err != nil {
		return failure("destroy a key", err)
	}
	if err := ks.db.emptyLog(ctx); err != nil {
		return failure("empty the log of the key database", err)
	}
	return nil
}

// refresh forgets the keys if another process destroyed or rotated one. It looks once in
// staleAfter; meanwhile other callers go on.
func (ks *keys) refresh(ctx context.Context) error {
	last, now := ks.checked.Load(), int64(time.Since(ks.opened))
	if now-last < int64(staleAfter) || !ks.checked.CompareAndSwap(last, now) {
		return nil
	}
	if err := ks.catchUp(ctx); err != nil {
		ks.checked.Store(last) // the next caller looks
		return failure("read the key database", err)
	}
	return nil
}

// catchUp forgets what may be no more, if anything is.
func (ks *keys) catchUp(ctx context.Context) error {
	shreds, err := ks.db.shreds(ctx)
	if err != nil || shreds == ks.shreds.Load() {
		return err
	}
	ks.cache.forgetAll()
	if err := ks.projects.forget(ctx); err != nil {
		return err
	}
	ks.shreds.Store(shreds)
	return nil
}
