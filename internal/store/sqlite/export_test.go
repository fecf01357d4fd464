package sqlite

import "database/sql"

// Reader returns the connections that read.
func Reader(c *Catalog) *sql.DB { return c.read }

// Writer returns the connection that writes.
func Writer(c *Catalog) *sql.DB { return c.write }
