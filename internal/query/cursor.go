package query

import "time"

// Cursor is the place after which a list goes on: the time and id of the last
// item seen. Its text form is opaque to clients.
type Cursor struct {
	Time time.Time
	ID   string
}

// IsZero reports whether the cursor stands before the first item.
func (c Cursor) IsZero() bool { return c.Time.IsZero() && c.ID == "" }
