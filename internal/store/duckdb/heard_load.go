package duckdb

import (
	"context"
	_ "embed"
	"errors"
	"strings"
)

var (
	//go:embed query/heard.load.sql
	heardLoad string
	//go:embed query/heard.count.sql
	heardCount string
)

const dayMicros = hoursOfDay * hourMicros

// errTooMuch says that days are not to be kept in memory.
var errTooMuch = errors.New("this is too much to count in memory")

// hear returns the feedback of every day of the window, and reads what is not in
// memory. The error is errTooMuch where that is DuckDB's to count.
func (c *counting) hear(ctx context.Context) ([]*heardDay, error) {
	if c.q.Window.From.IsZero() || c.q.Window.To.IsZero() {
		return nil, errTooMuch // for all that anybody knows
	}
	first, last := c.q.Window.From.UnixMicro()/dayMicros, (c.q.Window.To.UnixMicro()-1)/dayMicros
	if last-first >= maxHeardDays {
		return nil, errTooMuch
	}
	days := make([]*heardDay, max(0, last-first+1))
	size, missing := 0, [][2]int64(nil) // runs of days, from one to before another
	for i := range days {
		day := first + int64(i)
		if days[i] = c.memory.get(dayOf{c.q.Project, day}, c.began); days[i] != nil {
			size += days[i].size
		} else if n := len(missing); n > 0 && missing[n-1][1] == day {
			missing[n-1][1]++
		} else {
			missing = append(missing, [2]int64{day, day + 1})
		}
	}
	for _, run := range missing {
		var rows int
		if err := c.tx.QueryRowContext(ctx, heardCount, c.q.Project, run[0]*dayMicros, run[1]*dayMicros).Scan(&rows); err != nil {
			return nil, err
		}
		if size += rows; size > c.memory.room {
			return nil, errTooMuch
		}
	}
	for _, run := range missing {
		if err := c.load(ctx, run[0], days[run[0]-first:run[1]-first]); err != nil {
			return nil, err
		}
	}
	return days, nil
}

// load reads days, and keeps them.
func (c *counting) load(ctx context.Context, first int64, days []*heardDay) error {
	loading := make([]dayLoading, len(days))
	for i := range loading {
		loading[i] = dayLoading{day: &heardDay{tags: [][]string{nil}, size: 1}, surfaces: map[string]int32{}, tags: map[string]int32{}}
		days[i] = loading[i].day
	}
	rows, err := c.tx.QueryContext(ctx, heardLoad, c.q.Project, first*dayMicros, (first+int64(len(days)))*dayMicros)
	if err != nil {
		return err
	}
	defer rows.Close()
	size := 0
	for rows.Next() {
		var row said
		var person []byte
		var surface string
		var tags any
		if err := rows.Scan(&row.at, &person, &row.answer, &row.series, &row.is, &surface, &tags); err != nil {
			return err
		}
		copy(row.person[:], person)
		set, _ := tags.([]any)
		if size += loading[row.at/dayMicros-first].add(row, surface, set); size > c.memory.room {
			return errTooMuch
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, day := range days {
		c.memory.put(dayOf{c.q.Project, first + int64(i)}, day, c.began)
	}
	return nil
}

// dayLoading is a day that is read.
type dayLoading struct {
	day            *heardDay
	surfaces, tags map[string]int32
}

// add adds a feedback, and returns what it takes.
func (l *dayLoading) add(row said, surface string, tags []any) (size int) {
	size = 1
	var ok bool
	if row.surface, ok = l.surfaces[surface]; !ok {
		row.surface = int32(len(l.day.surfaces))
		l.surfaces[surface] = row.surface
		l.day.surfaces = append(l.day.surfaces, surface)
		size += sizeOf(surface)
	}
	if len(tags) > 0 {
		set := texts(tags)
		name := strings.Join(set, keySeparator)
		if row.tags, ok = l.tags[name]; !ok {
			row.tags = int32(len(l.day.tags))
			l.tags[name] = row.tags
			l.day.tags = append(l.day.tags, set)
			size += sizeOf(name) + len(set)
		}
	}
	l.day.rows = append(l.day.rows, row)
	l.day.size += size
	return size
}

// sizeOf is what a word takes, as if that were rows: whoever may give feedback may
// make up tags.
func sizeOf(word string) int { return 1 + len(word)/saidBytes }
