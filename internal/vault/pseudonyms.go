package vault

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/heed-ai/heed"
)

// Keys of pseudonyms are rows of a project:
//
//	month:2026-11   what people are called in that month. Each makes the next,
//	                K[n+1] = HKDF(K[n]), and never the one before
//	stable:2026-11  what people were called while the policy said stable, until
//	                it was used last; stable:0000-00 while it is in use
//	secret:…        what things, and not people, are called beside months
//
// The first month's key is random. So a keys.db that was restored from a backup
// comes to the same keys for the months since.

// recordPurpose is the secret for what is no person: ids, owners by token,
// repeated calls.
const recordPurpose = "heed/record/v1"

// PseudonymKey is what pseudonyms were made with at a time.
type PseudonymKey struct {
	People  [32]byte // of people; all zeros where it is nowhere but in memory
	Records [32]byte // of all else that has a keyed hash
	// From and To bound when it was in use: a month, or all of time until To;
	// both are zero while it is stable.
	From, To time.Time
}

// Pseudonyms are the keys of a project's pseudonyms that live.
type Pseudonyms struct {
	Current PseudonymKey
	Earlier []PseudonymKey // the one used last first
}

// Pseudonyms returns what pseudonyms of a project are made with at a time, under
// a policy, and what they were made with before. What is new is durable when it
// returns. A stable key that the policy does not want any more is noted as no
// longer used; where the policy wants it again, it is the same, if it still
// lives.
func (v *Vault) Pseudonyms(ctx context.Context, project heed.ProjectID, mode heed.PseudonymMode, at time.Time) (Pseudonyms, error) {
	records, err := v.ProjectSecret(ctx, project, recordPurpose)
	if err != nil {
		return Pseudonyms{}, err
	}
	now := monthOf(at)
	all, err := v.pseudonymKeys(ctx, v.db.read, project)
	if err != nil {
		return Pseudonyms{}, failure("read the keys of pseudonyms", err)
	}
	if !settled(all, mode, now) {
		err := v.db.change(ctx, func(tx *sql.Tx) error {
			if all, err = v.pseudonymKeys(ctx, tx, project); err != nil {
				return err
			}
			if err := v.settle(ctx, tx, project, all, mode, now); err != nil {
				return err
			}
			all, err = v.pseudonymKeys(ctx, tx, project)
			return err
		})
		if err != nil {
			return Pseudonyms{}, failure("make a key of pseudonyms", err)
		}
	}
	out := Pseudonyms{Current: PseudonymKey{Records: [32]byte(records)}}
	for _, k := range all {
		p, err := pseudonymKey(k, [32]byte(records))
		switch {
		case err != nil:
			return Pseudonyms{}, err
		case mode == heed.PseudonymsEpoch && k.owner == (owner{project: project, kind: ofMonth, month: now}),
			mode == heed.PseudonymsStable && k.owner == (owner{project: project, kind: ofStable}):
			out.Current = p
		default:
			out.Earlier = append(out.Earlier, p)
		}
	}
	slices.SortStableFunc(out.Earlier, func(a, b PseudonymKey) int { return b.To.Compare(a.To) })
	return out, nil
}

// pseudonymKey returns what is derived from a key at rest. A stable one also
// made what all else was called, as it did before there were months.
func pseudonymKey(k key, records [32]byte) (PseudonymKey, error) {
	if k.owner.kind == ofStable {
		p := PseudonymKey{People: k.secret, Records: k.secret}
		if k.owner.month != 0 {
			p.To = (k.owner.month + 1).start()
		}
		return p, nil
	}
	people, err := hkdf.Key(sha256.New, k.secret[:], nil, "heed/pseudonym/month/v1", secretBytes)
	if err != nil {
		return PseudonymKey{}, fmt.Errorf("derive the key of a month: %w", err)
	}
	return PseudonymKey{People: [32]byte(people), Records: records, From: k.owner.month.start(), To: (k.owner.month + 1).start()}, nil
}

// pseudonymKeys returns the keys of pseudonyms that live.
func (v *Vault) pseudonymKeys(ctx context.Context, from querier, project heed.ProjectID) (all []key, err error) {
	for _, kind := range []ownerKind{ofMonth, ofStable} {
		rows, err := v.db.rowsOfKind(ctx, from, project, kind)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			under, err := v.projects.withID(ctx, from, project, r.under)
			if err != nil {
				return nil, err
			}
			k, err := under.open(r)
			if err != nil {
				return nil, err
			}
			all = append(all, k)
		}
	}
	return all, nil
}

// settled reports whether the keys are those that a policy wants.
func settled(all []key, mode heed.PseudonymMode, now month) bool {
	month, stable := false, false
	for _, k := range all {
		month = month || k.owner.kind == ofMonth && k.owner.month == now
		stable = stable || k.owner.kind == ofStable && k.owner.month == 0
	}
	return stable == (mode == heed.PseudonymsStable) && (month || mode != heed.PseudonymsEpoch)
}

// settle makes the keys those that a policy wants.
func (v *Vault) settle(ctx context.Context, tx *sql.Tx, project heed.ProjectID, all []key, mode heed.PseudonymMode, now month) error {
	under, err := v.projects.current(ctx, tx, project)
	if err != nil {
		return err
	}
	if err := v.settleStable(ctx, tx, under, all, mode, now); err != nil || mode != heed.PseudonymsEpoch {
		return err
	}
	var before *key
	for i, k := range all {
		if k.owner.kind == ofMonth && k.owner.month <= now {
			before = &all[i] // they come in their order
		}
	}
	material, err := monthKey(before, now)
	if err != nil {
		return err
	}
	_, err = v.db.obtainRows(ctx, tx, []row{under.wrap(owner{project: project, kind: ofMonth, month: now}, material)})
	return err
}

// settleStable makes the stable key, or notes that it is used again, or no
// longer.
func (v *Vault) settleStable(ctx context.Context, tx *sql.Tx, under *projectKey, all []key, mode heed.PseudonymMode, now month) error {
	o := owner{project: under.project, kind: ofStable}
	if mode != heed.PseudonymsStable {
		o.month = now // when it was used last
	}
	for _, k := range all {
		if k.owner.kind != ofStable {
			continue
		}
		if (k.owner.month == 0) == (o.month == 0) {
			return nil
		}
		r := row{id: k.id, project: under.project, owner: sql.NullString{String: o.name(), Valid: true}}
		under.rewrap(&r, &k.secret)
		return v.db.rename(ctx, tx, r)
	}
	if mode != heed.PseudonymsStable {
		return nil
	}
	var material secret
	rand.Read(material[:])
	_, err := v.db.obtainRows(ctx, tx, []row{under.wrap(o, &material)})
	return err
}

// monthKey returns the key of a month, made from that of one before. The first
// one is random.
func monthKey(before *key, now month) (*secret, error) {
	var material secret
	if before == nil {
		rand.Read(material[:])
		return &material, nil
	}
	material = before.secret
	for m := before.owner.month; m < now; m++ {
		next, err := hkdf.Key(sha256.New, material[:], nil, "heed/pseudonym/ratchet/v1", secretBytes)
		if err != nil {
			return nil, fmt.Errorf("derive the key of a month: %w", err)
		}
		material = secret(next)
	}
	return &material, nil
}

// EndPseudonyms destroys the keys of pseudonyms whose life is over: those that
// were used last more than a number of months before a time, which the caller
// trusts. It returns the months that they were used last in, as 2026-11. From then
// on nobody can compute those pseudonyms.
func (v *Vault) EndPseudonyms(ctx context.Context, project heed.ProjectID, months int, at time.Time) (ended []string, err error) {
	now := monthOf(at)
	err = v.db.change(ctx, func(tx *sql.Tx) error {
		for _, kind := range []ownerKind{ofMonth, ofStable} {
			rows, err := v.db.rowsOfKind(ctx, tx, project, kind)
			if err != nil {
				return err
			}
			for _, r := range rows {
				o, err := parseOwner(r.project, r.owner.String)
				if err != nil {
					return err
				}
				if o.month == 0 || int(now-o.month) <= months {
					continue
				}
				if _, err := overwrite(ctx, tx, keysDestroyByID, sql.Named("project", string(project)), sql.Named("id", r.id[:])); err != nil {
					return err
				}
				ended = append(ended, o.month.String())
			}
		}
		return nil
	})
	if err != nil {
		return nil, failure("destroy the key of a month", err)
	}
	if len(ended) == 0 {
		return nil, v.db.finishLog(ctx)
	}
	v.keys.cache.forgetAll()
	return ended, failure("empty the log of the key database", v.db.emptyLog(ctx))
}
