package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"

	"github.com/heed-ai/heed"
)

//go:embed query/series.all.sql
var seriesAll string

// seriesKey is what makes a series: responses with equal ones are counted
// together.
type seriesKey struct {
	project heed.ProjectID
	heed.Labels
	status    heed.Status
	errorType heed.ErrorType
	role      role
}

func seriesOf(r *responseRow) seriesKey {
	return seriesKey{r.Project, r.Labels, r.Status, r.ErrorType, r.role}
}

// unbound is the series of what speaks of a response that has not arrived.
const unbound int32 = 0

// dictionary numbers series. It belongs to the writer. Numbers given since the
// last commit are taken back if the transaction fails.
type dictionary struct {
	ids   map[seriesKey]int32
	last  int32
	fresh []seriesKey // numbered last−len(fresh)+1 … last
}

func loadDictionary(ctx context.Context, conn *sql.Conn) (*dictionary, error) {
	d := &dictionary{ids: map[seriesKey]int32{}}
	rows, err := conn.QueryContext(ctx, seriesAll)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k seriesKey
		var id int32
		err := rows.Scan(&k.project, &id, &k.Operation, &k.Provider, &k.Model, &k.PromptName, &k.PromptVersion,
			&k.Feature, &k.Release, &k.Environment, &k.status, &k.errorType, &k.role)
		if err != nil {
			return nil, err
		}
		d.ids[k] = id
		d.last = max(d.last, id)
	}
	return d, rows.Err()
}

// id returns the number of a series, a new one if it has none.
func (d *dictionary) id(k seriesKey) int32 {
	id, ok := d.ids[k]
	if !ok {
		d.last++
		id = d.last
		d.ids[k] = id
		d.fresh = append(d.fresh, k)
	}
	return id
}

func (d *dictionary) commit() { d.fresh = nil }

func (d *dictionary) rollback() {
	for _, k := range d.fresh {
		delete(d.ids, k)
	}
	d.last -= int32(len(d.fresh))
	d.fresh = nil
}

// store appends the series that are new.
func (d *dictionary) store(conn *sql.Conn) error {
	first := d.last - int32(len(d.fresh)) + 1
	return appendRows(conn, "series", d.fresh, func(k seriesKey, i int) []driver.Value {
		return []driver.Value{
			string(k.project), first + int32(i), k.Operation, k.Provider, k.Model, k.PromptName, k.PromptVersion,
			k.Feature, k.Release, k.Environment, string(k.status), string(k.errorType), int8(k.role),
		}
	})
}
