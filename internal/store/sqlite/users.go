package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/users.create.sql
	usersCreate string
	//go:embed query/users.get.sql
	usersGet string
	//go:embed query/users.get_by_name.sql
	usersGetByName string
	//go:embed query/users.list.sql
	usersList string
	//go:embed query/users.change_password.sql
	usersChangePassword string
	//go:embed query/users.change_role.sql
	usersChangeRole string
	//go:embed query/users.administrators.sql
	usersAdministrators string
	//go:embed query/users.delete.sql
	usersDelete string
	//go:embed query/sessions.rotate.sql
	sessionsRotate string
	//go:embed query/sessions.delete_others.sql
	sessionsDeleteOthers string
	//go:embed query/entries.delete.sql
	entriesDelete string
)

// CreateUser stores a new user.
func (c *Catalog) CreateUser(ctx context.Context, u store.User) error {
	return c.change(ctx, "create user", func(tx *sql.Tx) error { return createUser(ctx, tx, u) })
}

func createUser(ctx context.Context, tx *sql.Tx, u store.User) error {
	if _, err := tx.ExecContext(ctx, usersCreate, userArgs(u)...); err != nil {
		return err
	}
	_, err := appendAudit(ctx, tx, audit.Entry{Action: audit.MemberAdded, Object: u.ID, Details: map[string]string{"role": string(u.Role)}})
	return err
}

// User finds a user by id.
func (c *Catalog) User(ctx context.Context, id string) (store.User, error) {
	u, err := scanUser(c.read.QueryRowContext(ctx, usersGet, sql.Named("id", id)))
	return u, failure("get user", err)
}

// UserByName finds a user by name.
func (c *Catalog) UserByName(ctx context.Context, name string) (store.User, error) {
	u, err := scanUser(c.read.QueryRowContext(ctx, usersGetByName, sql.Named("name", name)))
	return u, failure("get user", err)
}

// ListUsers returns every user, by name.
func (c *Catalog) ListUsers(ctx context.Context) ([]store.User, error) {
	users, err := list(ctx, c.read, scanUser, usersList)
	return users, failure("list users", err)
}

// ChangePassword gives a user another password, and ends every session of
// theirs but one, which goes on under another hash, and their way in.
func (c *Catalog) ChangePassword(ctx context.Context, id, password string, hash, next [32]byte) error {
	return c.change(ctx, "change password", func(tx *sql.Tx) error {
		err := changeOne(tx.ExecContext(ctx, usersChangePassword, sql.Named("id", id), sql.Named("password", password)))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sessionsDeleteOthers, sql.Named("user", id), sql.Named("hash", hash[:])); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sessionsRotate, sql.Named("user", id), sql.Named("hash", hash[:]), sql.Named("next", next[:])); err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, entriesDelete, sql.Named("user", id)); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Action: audit.PasswordChanged, Object: id})
		return err
	})
}

// ChangeRole gives a user another role, unless they are the last who can let
// others in.
func (c *Catalog) ChangeRole(ctx context.Context, id string, role store.Role) error {
	return c.change(ctx, "change role", func(tx *sql.Tx) error {
		u, err := scanUser(tx.QueryRowContext(ctx, usersGet, sql.Named("id", id)))
		if err != nil || u.Role == role {
			return err
		}
		if !administers(role) {
			if err := othersAdminister(ctx, tx, u); err != nil {
				return err
			}
		}
		if err := changeOne(tx.ExecContext(ctx, usersChangeRole, sql.Named("id", id), sql.Named("role", string(role)))); err != nil {
			return err
		}
		details := map[string]string{"from": string(u.Role), "role": string(role)}
		_, err = appendAudit(ctx, tx, audit.Entry{Action: audit.MemberRoleChanged, Object: id, Details: details})
		return err
	})
}

// administers reports whether a role lets others in.
func administers(role store.Role) bool { return role == store.Owner || role == store.Admin }

// othersAdminister is a Conflict if nobody but u could let others in.
func othersAdminister(ctx context.Context, tx *sql.Tx, u store.User) error {
	if !administers(u.Role) {
		return nil
	}
	var others int
	if err := tx.QueryRowContext(ctx, usersAdministrators, sql.Named("but", u.ID)).Scan(&others); err != nil {
		return err
	}
	if others == 0 {
		return heed.Errorf(heed.Conflict, "this is the last admin: make another first")
	}
	return nil
}

// DeleteUser removes a user, with their sessions and their way in, unless they
// are the last who can let others in.
func (c *Catalog) DeleteUser(ctx context.Context, id string) error {
	return c.change(ctx, "delete user", func(tx *sql.Tx) error {
		u, err := scanUser(tx.QueryRowContext(ctx, usersGet, sql.Named("id", id)))
		if err != nil {
			return err
		}
		if err := othersAdminister(ctx, tx, u); err != nil {
			return err
		}
		if err := changeOne(tx.ExecContext(ctx, usersDelete, sql.Named("id", id))); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Action: audit.MemberRemoved, Object: id, Details: map[string]string{"role": string(u.Role)}})
		return err
	})
}

func userArgs(u store.User) []any {
	return []any{
		sql.Named("id", u.ID), sql.Named("name", u.Name), sql.Named("role", string(u.Role)), sql.Named("password", u.Password),
		sql.Named("created_at", u.CreatedAt.UnixMicro()),
	}
}

func scanUser(row scanner) (store.User, error) {
	var u store.User
	var createdAt int64
	if err := row.Scan(&u.ID, &u.Name, &u.Role, &u.Password, &createdAt); err != nil {
		return store.User{}, err
	}
	u.CreatedAt = time.UnixMicro(createdAt).UTC()
	return u, nil
}
