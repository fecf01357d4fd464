package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

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
	//go:embed query/users.update.sql
	usersUpdate string
	//go:embed query/users.delete.sql
	usersDelete string
)

// CreateUser stores a new user.
func (c *Catalog) CreateUser(ctx context.Context, u store.User) error {
	return c.change(ctx, "create user", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, usersCreate, userArgs(u)...)
		return err
	})
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

// UpdateUser replaces everything of a user but the id and time of creation.
func (c *Catalog) UpdateUser(ctx context.Context, u store.User) error {
	return c.change(ctx, "update user", func(tx *sql.Tx) error {
		return changeOne(tx.ExecContext(ctx, usersUpdate, userArgs(u)[:4]...))
	})
}

// DeleteUser removes a user, with their sessions and their way in.
func (c *Catalog) DeleteUser(ctx context.Context, id string) error {
	return c.change(ctx, "delete user", func(tx *sql.Tx) error {
		return changeOne(tx.ExecContext(ctx, usersDelete, sql.Named("id", id)))
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
