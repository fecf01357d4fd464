package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

const maxExportBytes = 4 << 10

// The lists that can be exported.
const (
	listFeedback  = "feedback"
	listResponses = "responses"
)

func (a *API) registerExports(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "begin-export", Method: http.MethodPost, Path: "/v1/exports", Tag: "Reading",
		Summary:     "Say that a list is about to be exported, page by page",
		Description: "heed export does. The audit log has it before the first page; who reads as much without saying so is in it too, from 1,000 items a day on.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Body:        ExportBody{}, Status: http.StatusCreated, Answer: Export{}, Serve: a.manage(a.beginExport),
	})
}

// ExportBody describes what POST /v1/exports takes.
type ExportBody struct {
	List    string   `json:"list" enum:"feedback,responses"`
	Format  string   `json:"format" enum:"jsonl,csv,parquet"`
	Filters []string `json:"filters,omitempty" doc:"Names of the filters, without their values."`
}

// Export is the record of an export.
type Export struct {
	Record int64     `json:"record" doc:"Its number in the audit log."`
	Time   time.Time `json:"time"`
}

func (a *API) beginExport(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in ExportBody
	if err := readJSON(w, r, maxExportBytes, &in, anyShape); err != nil {
		return nil, err
	}
	switch {
	case in.List != listFeedback && in.List != listResponses:
		return nil, heed.InvalidField("body.list", "must be one of: feedback, responses")
	case !slices.Contains([]string{"jsonl", "csv", "parquet"}, in.Format):
		return nil, heed.InvalidField("body.format", "must be one of: jsonl, csv, parquet")
	case slices.ContainsFunc(in.Filters, func(name string) bool { return !isFilter(name) }):
		return nil, heed.InvalidField("body.filters", "must hold names of filters, such as vote, and no values")
	}
	details := map[string]string{"list": in.List, "format": in.Format, "how": "announced"}
	slices.Sort(in.Filters)
	// Many filters are told by their number: a detail is a short word.
	const manyFilters = 4
	if filters := slices.Compact(in.Filters); len(filters) > manyFilters {
		details["filters"] = strconv.Itoa(len(filters))
	} else if len(filters) > 0 {
		details["filters"] = strings.Join(filters, ",")
	}
	record, err := a.catalog.AppendAudit(r.Context(), audit.Entry{Project: who.Project, Action: audit.Exported, Details: details})
	return Export{Record: record.Number, Time: record.Time}, err
}

func isFilter(name string) bool {
	return name == "from" || name == "to" || slices.Contains(query.Dimensions(), query.Dimension(name))
}

// firstTold is from how many items on in a day a reading is written down.
const firstTold = 1000

// readers counts how many single items everybody is told in a day, so that
// whoever takes a list home page by page is in the audit log, also where they do
// not say that they export. The first record is at 1,000 items, each further one at
// ten times as many: what an integration reads every day is a few records a day.
//
// It counts in memory: after a restart it begins anew. Safe for concurrent use.
type readers struct {
	log interface {
		AppendAudit(ctx context.Context, e audit.Entry) (audit.Record, error)
	}

	mu   sync.Mutex
	day  time.Time
	told map[reader]int
}

// reader is who is told of which list.
type reader struct {
	project heed.ProjectID
	who     string // id of the key or member
	list    string
}

// note counts items before they are told. Where the record cannot be written they
// are not to be told.
func (r *readers) note(ctx context.Context, list string, items int) error {
	who := access.PrincipalOf(ctx)
	of := reader{who.Project, who.KeyID, list}
	r.mu.Lock()
	defer r.mu.Unlock()
	if day := time.Now().UTC().Truncate(24 * time.Hour); !day.Equal(r.day) {
		r.day, r.told = day, map[reader]int{}
	}
	before := r.told[of]
	if step := tellAt(before + items); step > tellAt(before) {
		_, err := r.log.AppendAudit(ctx, audit.Entry{
			Project: who.Project, Action: audit.Exported, Details: map[string]string{"list": list, "how": "counted", "items": strconv.Itoa(step)},
		})
		if err != nil {
			return err
		}
	}
	r.told[of] = before + items
	return nil
}

// tellAt is the last number of items, up to this one, at which a reading is
// written down.
func tellAt(items int) int {
	step := 0
	for next := firstTold; next <= items; next *= 10 {
		step = next
	}
	return step
}
