package vault

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
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
	db      *database
	wrapper cipher.AEAD // under the vault key
	cache   *cache
	uses    *uses
	maker   *maker

	opened  time.Time
	checked atomic.Int64 // when shreds was read last: nanoseconds since opened
	shreds  atomic.Int64 // how many keys were destroyed by then
}

func openKeys(ctx context.Context, db *database, vaultKey []byte) (*keys, error) {
	wrapper, err := deriveAEAD(vaultKey, "heed/key/v1")
	if err != nil {
		return nil, err
	}
	shreds, err := db.shreds(ctx)
	if err != nil {
		return nil, failure("read the key database", err)
	}
	ks := &keys{db: db, wrapper: wrapper, cache: newCache(maxCached), uses: newUses(), opened: time.Now()}
	ks.shreds.Store(shreds)
	ks.maker = startMaker(ks.makeAll)
	return ks, nil
}

// close waits for keys that are being made, and forgets all.
func (ks *keys) close() {
	ks.maker.stop()
	ks.cache.forgetAll()
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
	generation := ks.cache.now()
	row, err := ks.db.rowOfOwner(ctx, ks.db.read, o.project, o.name())
	if errors.Is(err, sql.ErrNoRows) {
		made, err := ks.maker.make(ctx, o)
		if err != nil {
			return key{}, err
		}
		return made[0], nil
	}
	return ks.unwrap(generation, row, err)
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
	for _, row := range rows {
		if _, err := ks.unwrap(generation, row, nil); err != nil {
			return err
		}
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
	generation := ks.cache.now()
	row, err := ks.db.rowWithID(ctx, project, id)
	if errors.Is(err, sql.ErrNoRows) {
		return key{}, ErrTampered
	}
	return ks.unwrap(generation, row, err)
}

// unwrap opens a row that was read and remembers its key.
func (ks *keys) unwrap(generation uint64, r row, err error) (key, error) {
	if err != nil {
		return key{}, failure("read a key", err)
	}
	k, err := ks.open(r)
	if err != nil {
		return key{}, err
	}
	ks.cache.put(generation, k)
	return k, nil
}

// open opens a row. A key is bound to its project, owner and id, so that a
// row in another's stead does not open.
func (ks *keys) open(r row) (key, error) {
	if r.destroyed() {
		return key{}, ErrShredded
	}
	o, err := parseOwner(r.project, r.owner.String)
	if err != nil {
		return key{}, err
	}
	k := key{id: r.id, owner: o}
	material, err := ks.wrapper.Open(nil, nil, r.wrapped, keyBound(r.project, r.owner.String, r.id))
	if err != nil || len(material) != secretBytes {
		return key{}, fmt.Errorf("unwrap a key: %w", ErrTampered)
	}
	k.secret = secret(material)
	return k, nil
}

// makeAll makes the keys of owners that have none, in one transaction, and
// returns the keys of all in their order.
func (ks *keys) makeAll(ctx context.Context, owners []owner) ([]key, error) {
	generation := ks.cache.now()
	made := make([]key, len(owners))
	fresh := make([]row, len(owners))
	for i, o := range owners {
		fresh[i] = ks.fresh(o)
	}
	err := ks.db.change(ctx, func(tx *sql.Tx) error {
		rows, err := ks.db.obtainRows(ctx, tx, fresh)
		if err != nil {
			return err
		}
		for i, r := range rows {
			if made[i], err = ks.open(r); err != nil {
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

// fresh returns the row of a new key of o.
func (ks *keys) fresh(o owner) row {
	var material secret
	rand.Read(material[:])
	r := newRow(o.project, o.name())
	r.wrapped = ks.wrapper.Seal(nil, nil, material[:], keyBound(r.project, r.owner.String, r.id))
	return r
}

// keyBound returns what a wrapped key authenticates.
func keyBound(project heed.ProjectID, owner string, id keyID) []byte {
	return frame("heed/key/v1", string(project), owner, string(id[:]))
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
	r, err := ks.db.rowWithID(ctx, project, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.destroyed() {
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

// refresh forgets the keys if another process destroyed one. It looks once in
// staleAfter; meanwhile other callers go on.
func (ks *keys) refresh(ctx context.Context) error {
	last, now := ks.checked.Load(), int64(time.Since(ks.opened))
	if now-last < int64(staleAfter) || !ks.checked.CompareAndSwap(last, now) {
		return nil
	}
	shreds, err := ks.db.shreds(ctx)
	if err != nil {
		ks.checked.Store(last) // the next caller looks
		return failure("read the key database", err)
	}
	if ks.shreds.Swap(shreds) != shreds {
		ks.cache.forgetAll()
	}
	return nil
}
