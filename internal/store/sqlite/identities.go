package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/identities.get.sql
	identitiesGet string
	//go:embed query/identities.list.sql
	identitiesList string
	//go:embed query/identities.free.sql
	identitiesFree string
	//go:embed query/identities.link.sql
	identitiesLink string
)

// Identity returns an identity.
func (c *Catalog) Identity(ctx context.Context, issuer, subject string) (store.Identity, error) {
	i, err := scanIdentity(c.read.QueryRowContext(ctx, identitiesGet, sql.Named("issuer", issuer), sql.Named("subject", subject)))
	return i, failure("get identity", err)
}

// ListIdentities returns those of members.
func (c *Catalog) ListIdentities(ctx context.Context) ([]store.Identity, error) {
	all, err := list(ctx, c.read, scanIdentity, identitiesList)
	return all, failure("list identities", err)
}

// LinkIdentity makes an identity a member's own.
func (c *Catalog) LinkIdentity(ctx context.Context, i store.Identity) error {
	return c.change(ctx, "link identity", func(tx *sql.Tx) error { return linkIdentity(ctx, tx, i) })
}

// JoinByIdentity stores a new user with their identity.
func (c *Catalog) JoinByIdentity(ctx context.Context, u store.User, i store.Identity) error {
	return c.change(ctx, "join by identity", func(tx *sql.Tx) error {
		_, err := scanIdentity(tx.QueryRowContext(ctx, identitiesGet, sql.Named("issuer", i.Issuer), sql.Named("subject", i.Subject)))
		switch {
		case err == nil:
			return heed.Errorf(heed.Conflict, "this account is, or was, a member's")
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		if err := createUser(ctx, tx, u); err != nil {
			return err
		}
		return linkIdentity(ctx, tx, i)
	})
}

func linkIdentity(ctx context.Context, tx *sql.Tx, i store.Identity) error {
	before, err := scanIdentity(tx.QueryRowContext(ctx, identitiesGet, sql.Named("issuer", i.Issuer), sql.Named("subject", i.Subject)))
	switch {
	case err == nil && before.User == i.User:
		return nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if _, err := tx.ExecContext(ctx, identitiesFree, sql.Named("user", i.User)); err != nil {
		return err
	}
	err = changeOne(tx.ExecContext(ctx, identitiesLink, sql.Named("issuer", i.Issuer), sql.Named("subject", i.Subject),
		sql.Named("user", i.User), sql.Named("linked_at", i.LinkedAt.UnixMicro())))
	if errors.Is(err, sql.ErrNoRows) {
		return heed.Errorf(heed.Conflict, "this account is another member's")
	}
	if err != nil {
		return err
	}
	_, err = appendAudit(ctx, tx, audit.Entry{Action: audit.MemberLinked, Object: i.User})
	return err
}

func scanIdentity(row scanner) (store.Identity, error) {
	var i store.Identity
	var linkedAt int64
	if err := row.Scan(&i.Issuer, &i.Subject, &i.User, &linkedAt); err != nil {
		return store.Identity{}, err
	}
	i.LinkedAt = time.UnixMicro(linkedAt).UTC()
	return i, nil
}
