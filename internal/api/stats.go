package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerStats(api huma.API) {
	by := rest.Param{Name: "by", In: "query", Description: "Dimensions to group by, separated by commas, such as model,prompt_version."}
	rest.Handle(api, rest.Endpoint{
		ID: "get-stats", Method: http.MethodGet, Path: "/v1/stats", Tag: "Reading",
		Summary: "Numbers by group",
		Description: "Everything is counted at its own time. Filters of feedback (vote, tag, surface, trust, bound) select the feedback " +
			"that is counted and leave the responses whole, so that every rate keeps its base. " + crowdDescription,
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Params: append(filterParams(), by, scopeParam("")),
		Status: http.StatusOK, Answer: Stats{}, Serve: a.read(a.getStats),
	})
	step := rest.Param{Name: "step", In: "query", Description: "Length of a step: whole hours or days, such as 1h or 1d."}
	rest.Handle(api, rest.Endpoint{
		ID: "get-stats-series", Method: http.MethodGet, Path: "/v1/stats/series", Tag: "Reading",
		Summary: "Numbers by group over time", Description: crowdDescription, Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params: append(filterParams(), by, step, scopeParam("")),
		Status: http.StatusOK, Answer: Series{}, Serve: a.read(a.getSeries),
	})
}

// Stats are the numbers of one window.
type Stats struct {
	From   *time.Time `json:"from" doc:"Null where the window is open."`
	To     *time.Time `json:"to" doc:"Null where the window is open."`
	Groups []Group    `json:"groups"`
	Crowd
}

// Series are the numbers of each step of a window, oldest first.
type Series struct {
	Step   string  `json:"step" doc:"As it was asked for, or 1d or more where people are told as crowds."`
	Points []Point `json:"points"`
	Crowd
}

// Point is one step: From its time, for the length of the step.
type Point struct {
	Time   time.Time `json:"time"`
	Groups []Group   `json:"groups"`
}

// Group holds the numbers of one key.
type Group struct {
	Key         map[query.Dimension]string `json:"key" doc:"Empty value: not known."`
	Responses   int64                      `json:"responses"`
	Errors      int64                      `json:"errors"`
	ErrorRate   *float64                   `json:"error_rate" doc:"Errors ÷ responses; null without responses."`
	Duration    query.Percentiles          `json:"duration_ms"`
	TTFT        query.Percentiles          `json:"ttft_ms"`
	Retries     int64                      `json:"retries" doc:"Responses that were tries again of a call made before."`
	Shown       int64                      `json:"shown" doc:"Distinct responses that people saw."`
	Rated       *int64                     `json:"rated" doc:"Distinct responses with a current vote or score."`
	Up          *int64                     `json:"up"`
	Down        *int64                     `json:"down"`
	Unbound     *int64                     `json:"unbound" doc:"Feedback whose response has not arrived."`
	RatingRate  *float64                   `json:"rating_rate" doc:"Rated ÷ shown, or ÷ responses where nothing was shown; null without either, and where more was rated than that, by votes on answers outside of it."`
	Positive    Share                      `json:"positive"`
	Tags        map[string]int64           `json:"tags" doc:"The hundred most frequent."`
	OtherTags   int64                      `json:"other_tags,omitempty" doc:"How often tags beyond those were given."`
	ErrorTypes  map[string]int64           `json:"error_types"`
	ErrorCodes  map[string]int64           `json:"error_codes" doc:"As they were sent; the twenty most frequent."`
	OtherCodes  int64                      `json:"other_error_codes,omitempty" doc:"Responses with codes beyond those."`
	Signals     map[string]int64           `json:"signals"`
	Respondents *int64                     `json:"respondents" doc:"Pseudonyms that gave feedback. Where they are those of a month or a day, a person counts once for each."`
	Suppressed  bool                       `json:"suppressed,omitempty" doc:"Nothing of people is told: rated, up, down, unbound, respondents and positive are null."`

	InputTokens  int64    `json:"input_tokens"`
	OutputTokens int64    `json:"output_tokens"`
	CostUSD      *float64 `json:"cost_usd" doc:"Null where no response told its cost."`
}

// Share is up ÷ (up + down) with its 95 % Wilson interval; null without votes.
type Share struct {
	Share *float64 `json:"share"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	N     *int64   `json:"n" doc:"Votes: up + down."`
}

// groupOf tells all of a group.
func groupOf(g *query.Group) Group {
	out := productOf(g)
	out.Rated, out.Up, out.Down, out.Unbound, out.Respondents = &g.Rated, &g.Up, &g.Down, &g.Unbound, &g.Respondents
	out.Positive, out.Signals = shareOf(g.Up, g.Down), counts(g.Signals)
	out.Tags, out.OtherTags = mostFrequent(g.Tags, maxTagsTold)
	// Votes on answers that have not arrived, or that are older than the window,
	// are not among the base: a share above one would be none.
	if base := baseOf(g); g.Rated <= base {
		out.RatingRate = ratio(g.Rated, base)
	}
	return out
}

// productOf tells what a group says of the product, and nothing of people.
func productOf(g *query.Group) Group {
	out := Group{
		Key: g.Key, Responses: g.Responses, Errors: g.Errors, Duration: inMicroseconds(g.Duration), TTFT: inMicroseconds(g.TTFT),
		Retries: g.Retries, Shown: g.Shown, ErrorRate: ratio(g.Errors, g.Responses), ErrorTypes: counts(g.ErrorTypes),
		ErrorCodes: counts(g.ErrorCodes), OtherCodes: g.OtherErrorCodes, Tags: map[string]int64{}, Signals: map[string]int64{},
		InputTokens: g.InputTokens, OutputTokens: g.OutputTokens, CostUSD: rounded(g.CostUSD, 1e9),
	}
	if out.Key == nil {
		out.Key = map[query.Dimension]string{}
	}
	return out
}

// baseOf is how many answers could be rated.
func baseOf(g *query.Group) int64 {
	if g.Shown > 0 {
		return g.Shown
	}
	return g.Responses
}

// inMicroseconds drops digits that percentiles within 2 % do not have.
func inMicroseconds(p query.Percentiles) query.Percentiles {
	return query.Percentiles{P50: rounded(p.P50, 1e3), P95: rounded(p.P95, 1e3), P99: rounded(p.P99, 1e3)}
}

// rounded keeps so many parts of 1. A sum of floats differs in its last digits
// with the order of its parts, which a parallel query does not promise: the
// same question is to get the same answer.
func rounded(x *float64, parts float64) *float64 {
	if x == nil {
		return nil
	}
	r := math.Round(*x*parts) / parts
	return &r
}

func shareOf(up, down int64) Share {
	n := up + down
	s := Share{Share: ratio(up, n), N: &n}
	if n > 0 {
		low, high := insight.Wilson(up, n)
		s.Low, s.High = &low, &high
	}
	return s
}

// ratio is part ÷ whole, and null where there is no whole.
func ratio(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	r := float64(part) / float64(whole)
	return &r
}

// maxTagsTold bounds the tags of a group: whoever may give feedback may make up
// tags.
const maxTagsTold = 100

// mostFrequent returns the most frequent of counted names, and how often the
// others were counted together.
func mostFrequent(all map[string]int64, told int) (most map[string]int64, others int64) {
	if len(all) <= told {
		return counts(all), 0
	}
	names := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b], all[a]), cmp.Compare(a, b))
	})
	most = make(map[string]int64, told)
	for i, name := range names {
		if i < told {
			most[name] = all[name]
		} else {
			others += all[name]
		}
	}
	return most, others
}

// counts makes no counts {} rather than null.
func counts(m map[string]int64) map[string]int64 {
	if m == nil {
		return map[string]int64{}
	}
	return m
}

// question reads what both endpoints of statistics take.
func question(project heed.ProjectID, q url.Values, others ...string) (query.Stats, error) {
	s := query.Stats{Project: project}
	err := query.CheckNames(q, append(others, "from", "to", "by", "of")...)
	if err != nil {
		return s, err
	}
	if s.Window, err = query.ParseWindow(q); err != nil {
		return s, err
	}
	if s.Filter, err = query.ParseFilter(q); err != nil {
		return s, err
	}
	if s.Of, err = query.ParseScope(q.Get("of")); err != nil {
		return s, err
	}
	s.By, err = query.ParseBy(q.Get("by"))
	return s, err
}

func (a *API) getStats(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	s, err := question(project, q)
	if err != nil {
		return nil, err
	}
	told, err := a.numbers(ctx, s)
	if err != nil {
		return nil, err
	}
	out := Stats{From: known(told.window.From), To: known(told.window.To), Groups: make([]Group, 0, len(told.groups)), Crowd: told.Crowd}
	for _, g := range told.groups {
		out.Groups = append(out.Groups, g.Group)
	}
	if len(s.By) == 0 && len(out.Groups) == 0 {
		// Undivided numbers are always one group, of zeros if need be.
		out.Groups = append(out.Groups, told.none())
	}
	return out, nil
}

func (a *API) getSeries(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	s, err := question(project, q, "step")
	if err != nil {
		return nil, err
	}
	step := q.Get("step")
	if step == "" {
		step = "1h"
	}
	if s.Step, err = query.ParseStep(step); err != nil {
		return nil, err
	}
	told, err := a.numbers(ctx, s)
	if err != nil {
		return nil, err
	}
	out := Series{Step: step, Points: []Point{}, Crowd: told.Crowd}
	if told.step != s.Step {
		out.Step = fmt.Sprintf("%dd", told.step/day)
	}
	for _, g := range told.groups {
		if n := len(out.Points); n == 0 || !out.Points[n-1].Time.Equal(g.at) {
			out.Points = append(out.Points, Point{Time: g.at})
		}
		last := &out.Points[len(out.Points)-1]
		last.Groups = append(last.Groups, g.Group)
	}
	return out, nil
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
