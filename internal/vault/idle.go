package vault

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
)

//go:embed query/keys.of_texts.sql
var keysOfTexts string

// ownerOf returns whose key it is.
func ownerOf(project heed.ProjectID, k heed.TextKey) owner {
	if k.Respondent.IsZero() {
		return owner{project: project, kind: ofDay, day: k.Day.Unix() / secondsPerDay}
	}
	return owner{project: project, kind: ofRespondent, respondent: k.Respondent}
}

// TextKeys lists the keys of a project's texts that are not destroyed, in the
// order in which they were made, limit at most, after a place; 0 is before all.
func (v *Vault) TextKeys(ctx context.Context, project heed.ProjectID, after int64, limit int) ([]heed.TextKey, error) {
	rows, err := v.db.read.QueryContext(ctx, keysOfTexts, sql.Named("project", string(project)), sql.Named("after", after), sql.Named("limit", limit))
	if err != nil {
		return nil, failure("list keys", err)
	}
	defer rows.Close()
	var all []heed.TextKey
	for rows.Next() {
		var k heed.TextKey
		var name string
		if err := rows.Scan(&k.N, &name); err != nil {
			return nil, failure("list keys", err)
		}
		o, err := parseOwner(project, name)
		if err != nil {
			return nil, err
		}
		if k.Respondent = o.respondent; o.kind == ofDay {
			k.Day = time.Unix(o.day*secondsPerDay, 0).UTC()
		}
		all = append(all, k)
	}
	return all, failure("list keys", rows.Err())
}

// ShredIdle destroys those of the keys under which nothing was sealed lately, and
// returns how many. Who calls it knows that nothing is kept under them; what is
// just being sealed, which nobody can know of yet, keeps its key. Only the process
// that seals may call it. The rest is as of Shred.
func (v *Vault) ShredIdle(ctx context.Context, project heed.ProjectID, keys []heed.TextKey) (destroyed int64, err error) {
	owners := make([]owner, len(keys))
	for i, k := range keys {
		owners[i] = ownerOf(project, k)
	}
	destroyed, err = v.keys.shredIdle(ctx, project, owners)
	if err != nil {
		return destroyed, failure("destroy keys", err)
	}
	if destroyed == 0 {
		return 0, v.db.finishLog(ctx)
	}
	return destroyed, failure("empty the log of the key database", v.db.emptyLog(ctx))
}

// shredIdle destroys the keys of owners that were not used lately, in one
// transaction.
func (ks *keys) shredIdle(ctx context.Context, project heed.ProjectID, owners []owner) (destroyed int64, err error) {
	err = ks.uses.unlessUsed(owners, func(idle []owner) error {
		defer func() { // whatever became of them
			for _, o := range idle {
				ks.cache.forget(o)
			}
		}()
		return ks.db.change(ctx, func(tx *sql.Tx) error {
			destroyed = 0
			for _, o := range idle {
				result, err := tx.ExecContext(ctx, keysDestroy, sql.Named("project", string(project)), sql.Named("owner", o.name()))
				if err != nil {
					return err
				}
				n, err := result.RowsAffected()
				if err != nil {
					return err
				}
				destroyed += n
			}
			if destroyed == 0 {
				return nil
			}
			_, err := tx.ExecContext(ctx, shredsIncrement)
			return err
		})
	})
	if err != nil {
		return 0, err
	}
	return destroyed, nil
}
