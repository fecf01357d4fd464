package langfuse

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/failure"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/capture/usage"
	"github.com/heed-ai/heed/internal/price"
)

// generation is what one event says of a generation. Its response lacks what
// takes more than one event to know: how long it took and how it ended.
type generation struct {
	update   bool
	sent     time.Time
	progress progress
	response capture.Response
	written  int64 // of the input's tokens, how many were written to a cache
}

// progress is how far a generation has come, as far as is known.
type progress struct {
	start, first, end time.Time // first: of the first content
	failed            bool
	version           string
	environment       string
	model             string
	costs             bool // it has told its cost
}

// decodeGeneration reads the body of an event. A generation that is created
// without an id has that of its event, and one without a start began when the
// event was sent.
func decodeGeneration(o *fields.Object, eventID string, update bool, sent, now time.Time) *generation {
	g := &generation{update: update, sent: sent, progress: progress{
		start: instant(o, "startTime", now), first: instant(o, "completionStartTime", now), end: instant(o, "endTime", now),
		version: o.String("version"), environment: strings.ToLower(o.String("environment")),
	}}
	r := &g.response
	r.ID = heed.ResponseID(o.String("id"))
	if !update {
		r.ID = cmp.Or(r.ID, heed.ResponseID(eventID))
		if g.progress.start.IsZero() {
			g.progress.start = sent
		}
	}
	if r.TraceID = o.String("traceId"); r.TraceID != "" {
		r.SpanID = string(r.ID)
	}
	r.Time = g.progress.start
	r.Operation = "chat" // in the words of the conventions, as every other way in
	r.Model, r.Provider = o.String("model"), providerOf(o)
	r.PromptName = o.String("promptName")
	if version := o.Whole("promptVersion"); version != nil {
		r.PromptVersion = strconv.FormatInt(*version, 10)
	}
	if level := o.String("level"); level == "ERROR" {
		g.progress.failed = true
		r.ErrorType, r.ErrorCode = failure.Of(o.String("statusMessage"))
	}
	r.Usage, g.written = usage.Of(o)
	r.Input, r.Output = o.Kept("input"), o.Kept("output")
	o.Bound("version", g.progress.version)
	o.Bound("environment", g.progress.environment)
	if err, ok := named(r.Validate(now)).(*heed.Error); ok && o.Err() == nil {
		o.Fail(strings.TrimPrefix(err.Fields[0].Location, "body."), err.Fields[0].Message)
	}
	return g
}

// providerOf returns the provider that LangChain tells beside a generation;
// Langfuse itself has no name for it.
func providerOf(o *fields.Object) string {
	if text := o.Text("metadata"); len(text) == 0 || text[0] != '{' {
		return ""
	}
	metadata := o.Object("metadata")
	if text := metadata.Text("ls_provider"); len(text) == 0 || text[0] != '"' {
		return ""
	}
	return metadata.String("ls_provider")
}

// learn takes what an event says of how far the generation has come. An end or
// a first content before the start is the event's mistake, and changes nothing.
func (p *progress) learn(g *generation) error {
	next := *p
	for _, field := range []struct{ now, later *time.Time }{
		{&next.start, &g.progress.start}, {&next.first, &g.progress.first}, {&next.end, &g.progress.end},
	} {
		if !field.later.IsZero() {
			*field.now = *field.later
		}
	}
	next.failed = next.failed || g.progress.failed
	next.version = cmp.Or(g.progress.version, next.version)
	next.environment = cmp.Or(g.progress.environment, next.environment)
	next.model = cmp.Or(g.response.Model, next.model)
	next.costs = next.costs || g.response.CostUSD != nil
	if err := next.check(); err != nil {
		return err
	}
	*p = next
	return nil
}

func (p *progress) check() error {
	for _, field := range []struct {
		name string
		at   time.Time
	}{{"body.endTime", p.end}, {"body.completionStartTime", p.first}} {
		took := milliseconds(p.start, field.at)
		switch {
		case took == nil:
		case *took < 0:
			return heed.InvalidField(field.name, "is before the startTime")
		case *took > heed.MaxDurationMS:
			return heed.InvalidField(field.name, "is more than 30 days after the startTime")
		}
	}
	return nil
}

// milliseconds returns how long it was between two times that are known, and
// nil where one is not.
func milliseconds(from, to time.Time) *float64 {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	ms := float64(to.Sub(from)) / float64(time.Millisecond)
	return &ms
}

// describe writes how long it took and how it ended into its response.
func (p *progress) describe(r *capture.Response) {
	r.DurationMS, r.TTFTMS = milliseconds(p.start, p.end), milliseconds(p.start, p.first)
	switch {
	case p.failed:
		r.Status = heed.StatusError
	case !p.end.IsZero():
		r.Status = heed.StatusOK
	}
}

// cost is what a generation cost by list prices, where it has not told and a call
// tells of its tokens.
func (p *progress) cost(prices price.Table, r *capture.Response, written int64, sent time.Time) *float64 {
	if p.costs || r.InputTokens == nil {
		return nil
	}
	at := p.start
	if at.IsZero() {
		at = sent
	}
	consumed := price.Tokens{Input: r.InputTokens, Output: r.OutputTokens, Written: written}
	if r.CachedTokens != nil {
		consumed.Cached = *r.CachedTokens
	}
	return prices.Cost(p.model, at, consumed)
}

func (p *progress) size() int { return len(p.version) + len(p.environment) + len(p.model) }
