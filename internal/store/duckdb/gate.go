package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// gate is the way of the connection pool to the file. It can be shut while the
// file behind it is changed: who wants a connection then waits, and the pool and
// all that use it need not know. Safe for concurrent use.
type gate struct {
	mu    sync.Mutex
	file  *duckdb.Connector // nil once the gate is closed for good
	shut  chan struct{}     // while the gate is shut: closed when it opens
	conns int               // made and not closed yet
	left  chan struct{}     // while somebody waits for the last to be closed
}

// errGone is the answer of a gate that is closed for good.
var errGone = errors.New("the file is closed")

// errInUse says that connections were not let go in time.
var errInUse = errors.New("readers are still at work")

// Connect makes a connection, once the gate is open.
func (g *gate) Connect(ctx context.Context) (driver.Conn, error) {
	for {
		g.mu.Lock()
		file, shut := g.file, g.shut
		if shut == nil && file != nil {
			g.conns++
		}
		g.mu.Unlock()
		switch {
		case shut != nil:
			select {
			case <-shut:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		case file == nil:
			return nil, errGone
		default:
			return g.connect(ctx, file)
		}
	}
}

func (g *gate) connect(ctx context.Context, file *duckdb.Connector) (driver.Conn, error) {
	made, err := file.Connect(ctx)
	if err != nil {
		g.leave()
		return nil, err
	}
	conn, ok := made.(*duckdb.Conn)
	if !ok {
		g.leave()
		return nil, errors.Join(errors.New("the driver makes other connections than it did"), made.Close())
	}
	return &gatedConn{Conn: conn, gate: g, leave: sync.OnceFunc(g.leave)}, nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conns--; g.conns == 0 && g.left != nil {
		close(g.left)
		g.left = nil
	}
}

// Driver implements driver.Connector.
func (g *gate) Driver() driver.Driver { return duckdb.Driver{} }

// Close closes the file for good.
func (g *gate) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.file == nil {
		return nil
	}
	err := g.file.Close()
	g.file = nil
	return err
}

// close shuts the gate and waits until no connection of the pool is left, at
// most for patience; then it closes the file. Where readers do not let go, the
// gate is open again with the file as it was, and the error is errInUse.
func (g *gate) close(db *sql.DB, patience time.Duration) error {
	g.mu.Lock()
	g.shut = make(chan struct{})
	left := make(chan struct{})
	if g.conns == 0 {
		close(left)
	} else {
		g.left = left
	}
	g.mu.Unlock()
	db.SetMaxIdleConns(0)
	defer db.SetMaxIdleConns(readers + 1)
	select {
	case <-left:
	case <-time.After(patience):
		g.reopen(g.file)
		return errInUse
	}
	return g.file.Close()
}

// reopen opens the gate to a file; nil closes it for good.
func (g *gate) reopen(file *duckdb.Connector) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.file, g.left = file, nil
	close(g.shut)
	g.shut = nil
}

// gatedConn is a connection that the gate counts.
type gatedConn struct {
	*duckdb.Conn
	gate  *gate
	leave func()
}

// IsValid has the pool close a connection that comes back while the gate is shut,
// instead of handing it to whoever waits for one.
func (c *gatedConn) IsValid() bool {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	return c.gate.shut == nil
}

// BeginTx begins a transaction. An ended context does not stop the beginning: the
// driver would take a transaction that is open for none, and whoever the pool
// hands the connection to next could begin none.
func (c *gatedConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.Conn.BeginTx(context.WithoutCancel(ctx), options)
}

// Close closes the connection.
func (c *gatedConn) Close() error {
	err := c.Conn.Close()
	c.leave()
	return err
}
