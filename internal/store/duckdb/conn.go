package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// scanner is a row that can be read: of a query for one, or of a list.
type scanner interface{ Scan(dest ...any) error }

// querier is a pool or one connection of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list reads every row of a query.
func list[T any](ctx context.Context, db querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

// transact runs work as one transaction. An ended context stops the work, but
// neither its beginning nor the commit: of a statement that is stopped it is
// anybody's guess whether it was carried out, and a transaction that nobody knows
// to be open lets no other begin.
func transact(ctx context.Context, conn *sql.Conn, work func() error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	whole := context.WithoutCancel(ctx)
	if _, err := conn.ExecContext(whole, "BEGIN TRANSACTION"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := work(); err != nil {
		// The error that matters is the one that stopped the work.
		_, _ = conn.ExecContext(whole, "ROLLBACK")
		return err
	}
	if _, err := conn.ExecContext(whole, "COMMIT"); err != nil {
		_, _ = conn.ExecContext(whole, "ROLLBACK")
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// appendRows appends a row for each item, in order, within the connection's
// transaction.
func appendRows[T any](conn *sql.Conn, table string, items []T, row func(item T, i int) []driver.Value) error {
	if len(items) == 0 {
		return nil
	}
	err := conn.Raw(func(dc any) error {
		appender, err := duckdb.NewAppender(dc.(*gatedConn).Conn, "", "", table)
		if err != nil {
			return err
		}
		for i, item := range items {
			if err := appender.AppendRow(row(item, i)...); err != nil {
				return errors.Join(err, appender.Clear(), appender.Close())
			}
		}
		return appender.Close()
	})
	if err != nil {
		return fmt.Errorf("append to %s: %w", table, err)
	}
	return nil
}

// Values that may be absent are NULL in the tables and nil or zero outside.

func optional[T any](p *T) driver.Value {
	if p == nil {
		return nil
	}
	return *p
}

func optionalBytes(b []byte) driver.Value {
	if len(b) == 0 {
		return nil
	}
	return b
}

func optionalID(id [16]byte) driver.Value {
	if id == [16]byte{} {
		return nil
	}
	return id[:]
}

// instant is the time of a column.
func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// hashArg is a hash as an argument: database/sql takes no uint64 with the high
// bit set.
func hashArg(hash uint64) any { return duckdb.Typed(hash, duckdb.TYPE_UBIGINT) }
