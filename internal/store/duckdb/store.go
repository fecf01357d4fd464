// Package duckdb keeps events in one DuckDB file, for a Heed that runs on one
// machine.
package duckdb

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Options bound what the database may use. Zero values choose the defaults.
type Options struct {
	MemoryLimit string // such as "2GB", which is the default
	Threads     int    // 2 unless told otherwise
}

// Store is a store.Events in one file, which one process may have open.
// Safe for concurrent use.
//
// Writes go through one connection, one batch at a time; reads use a few
// connections of their own and see the last commit. Responses and signals are
// added up by hour and series in the transaction that stores them, so that
// statistics need raw rows only where a window begins or ends within an hour.
// Histograms of latency are added up by day as well: they have a hundred times the
// rows of everything else. What people said is no sum, and is kept in memory once it
// was asked for (see heard).
//
// There are no indexes. DuckDB's would cut appends by half and live in memory;
// a scan of a column of hashes takes 1.5 ms a million rows, and what is new
// for certain (see seen) is not looked for at all.
type Store struct {
	path    string
	options Options
	gate    *gate // behind db
	db      *sql.DB
	seen    *seen
	heard   *heard
	atStep  func(step string) error // set by tests: what happens at a step of Rewrite

	background sync.WaitGroup
	stop       context.CancelFunc

	mu       sync.Mutex // held by the writer
	write    *sql.Conn
	known    bool // position and series are as stored
	position store.Seq
	series   *dictionary
	upkeep   upkeep
	resting  rest
}

var _ store.Events = (*Store)(nil)

const (
	// readers is how many questions are answered at once.
	readers = 4
	// checkpointThreshold is how far the log may grow before it is worked
	// into the file, which stalls commits for up to half a second.
	checkpointThreshold = "256MB"
)

var (
	//go:embed query/position.get.sql
	positionGet string
	//go:embed query/position.set.sql
	positionSet string
)

// Open opens the events at path, makes the file if it is not there, and brings
// its schema up to date. Only the owner may read the file. A file that a newer
// Heed wrote, or that another process serves, is refused with an error that
// says what to do.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.MemoryLimit == "" {
		o.MemoryLimit = "2GB"
	}
	if o.Threads <= 0 {
		o.Threads = 2
	}
	file, err := openFile(path, o)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, options: o, gate: &gate{file: file}, seen: &seen{}, heard: newHeard()}
	s.db = sql.OpenDB(s.gate)
	s.db.SetMaxOpenConns(readers + 1)
	s.db.SetMaxIdleConns(readers + 1)
	if s.write, err = s.db.Conn(ctx); err != nil {
		return nil, errors.Join(failure("open the events", err), s.db.Close())
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.write.Close(), s.db.Close())
	}
	filling, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.background.Go(func() { s.fillSeen(filling) })
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := os.Chmod(s.path, 0o600); err != nil {
		return failure("keep the events private", err)
	}
	if err := removeCopy(s.path); err != nil {
		return failure("remove the copy of the events that was not finished", err)
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	return s.restore(ctx)
}

// openFile opens the file, which makes it if it is not there.
func openFile(path string, o Options) (*duckdb.Connector, error) {
	if strings.ContainsAny(path, "?%") {
		return nil, heed.Errorf(heed.Invalid, "the path of the event store may not hold ? or %%: choose another data directory")
	}
	settings := url.Values{
		"threads":                      {strconv.Itoa(o.Threads)},
		"memory_limit":                 {o.MemoryLimit},
		"checkpoint_threshold":         {checkpointThreshold},
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
	}
	connector, err := duckdb.NewConnector(path+"?"+settings.Encode(), nil)
	if err != nil {
		return nil, openFailure(path, err)
	}
	return connector, nil
}

// restore reads what the writer keeps in memory.
func (s *Store) restore(ctx context.Context) error {
	if s.known {
		return nil
	}
	var err error
	if s.series, err = loadDictionary(ctx, s.write); err != nil {
		return failure("read the series", err)
	}
	var position uint64
	if err := s.write.QueryRowContext(ctx, positionGet).Scan(&position); err != nil {
		return failure("read the position", err)
	}
	s.position, s.known = store.Seq(position), true
	return nil
}

// Close closes the file. Calls that are under way fail.
func (s *Store) Close() error {
	s.stop()
	s.background.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resting.stop()
	var err error
	if s.write != nil {
		err = s.write.Close()
	}
	err = errors.Join(err, s.db.Close())
	s.write, s.known = nil, false
	return failure("close the events", err)
}

// errClosed is the answer of a store that has been closed.
func errClosed() error {
	return heed.Errorf(heed.Unavailable, "the event store is closed")
}

// Position returns the Seq up to which everything is stored.
func (s *Store) Position(ctx context.Context) (store.Seq, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		return 0, errClosed()
	}
	if err := s.restore(ctx); err != nil {
		return 0, err
	}
	return s.position, nil
}

// Append stores events and moves the position, as store.Writer says.
func (s *Store) Append(ctx context.Context, events []store.Event, upTo store.Seq) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		return errClosed()
	}
	if err := s.restore(ctx); err != nil {
		return err
	}
	for len(events) > 0 && events[0].Seq <= s.position {
		events = events[1:]
	}
	if upTo <= s.position {
		return nil
	}
	if err := check(events, upTo); err != nil {
		return err
	}
	b := newBatch(s.write, s.seen, s.series, events)
	err := transact(ctx, s.write, func() error {
		if err := b.store(ctx); err != nil {
			return err
		}
		s.heard.change(b.heardDays())
		_, err := s.write.ExecContext(ctx, positionSet, hashArg(uint64(upTo)))
		return err
	})
	s.heard.settled()
	if err != nil {
		// After a failed commit only the file knows what happened.
		s.series.rollback()
		s.known = false
		return failure("append events", err)
	}
	s.series.commit()
	s.position = upTo
	s.keepUp(ctx, b)
	s.resting.worked(len(events), s.rest)
	return nil
}

// check refuses events that can never be stored.
func check(events []store.Event, upTo store.Seq) error {
	last := store.Seq(0)
	for i := range events {
		ev := &events[i]
		if ev.Seq <= last || ev.Seq > upTo {
			return heed.Errorf(heed.Invalid, "events must rise in sequence, up to the position")
		}
		last = ev.Seq
		if err := checkEvent(ev); err != nil {
			return err
		}
	}
	return nil
}

func checkEvent(ev *store.Event) error {
	if ev.Project == "" || ev.Received.IsZero() {
		return heed.Errorf(heed.Invalid, "an event needs its project and the time it was received")
	}
	set := 0
	var err error
	if ev.Response != nil {
		set++
		err = ev.Response.Validate(ev.Received)
	}
	if ev.Feedback != nil {
		set++
		err = ev.Feedback.Validate(ev.Received)
	}
	if ev.Signal != nil {
		set++
		err = ev.Signal.Validate(ev.Received)
	}
	if ev.Change != nil {
		set++
		err = ev.Change.Validate(ev.Received)
	}
	if ev.Step != nil {
		set++
		err = ev.Step.Validate(ev.Received)
	}
	if ev.Receipt != nil {
		set++
	}
	if ev.Metric != nil {
		set++
		err = ev.Metric.Validate(ev.Received)
	}
	if set != 1 {
		return heed.Errorf(heed.Invalid, "an event must be exactly one thing")
	}
	return err
}

// now is the receive time that ages are judged against.
func now() time.Time { return time.Now() }
