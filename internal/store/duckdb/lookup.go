package duckdb

import (
	"context"
	_ "embed"
	"slices"

	"github.com/heed-ai/heed"
)

// lookup is a set of hashes to find rows by, and the projects they are of.
// Rows are found for the whole batch at once, because each query scans the
// hashes of a table. It scans nothing else: row ids are found by the hashes, and
// of the rows that they name the other columns are read, the project among them.
// Most of what is looked for is not there (see seen), and DuckDB would read every
// column of the table beside the hashes, sealed texts and all, to find that out;
// to compare the projects of all rows alone takes three times what the hashes do.
type lookup struct {
	projects []string
	hashes   []uint64
}

func (l *lookup) add(project heed.ProjectID, hash uint64) {
	if !slices.Contains(l.projects, string(project)) {
		l.projects = append(l.projects, string(project))
	}
	l.hashes = append(l.hashes, hash)
}

// find reads the rows that a look-up query, which takes projects and hashes,
// finds. Rows of other names with an equal hash may be among them.
func find[T any](ctx context.Context, db querier, scan func(scanner) (T, error), query string, l *lookup) ([]T, error) {
	if len(l.hashes) == 0 {
		return nil, nil
	}
	return list(ctx, db, scan, query, l.projects, l.hashes)
}

var (
	//go:embed query/response.load.sql
	responseLoad string
	//go:embed query/response.refs.sql
	responseRefs string
	//go:embed query/response.refs_of_traces.sql
	responseRefsOfTraces string
	//go:embed query/feedback.load.sql
	feedbackLoad string
	//go:embed query/feedback.load_on_targets.sql
	feedbackLoadOnTargets string
	//go:embed query/feedback.load_on_traces.sql
	feedbackLoadOnTraces string
	//go:embed query/signal.keys.sql
	signalKeys string
	//go:embed query/signal.load_on_responses.sql
	signalLoadOnResponses string
	//go:embed query/signal.load_shown.sql
	signalLoadShown string
	//go:embed query/change.keys.sql
	changeKeys string
)
