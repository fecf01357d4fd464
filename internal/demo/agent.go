package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// agentDay is how many days before the end document search became an agent.
const agentDay = 9

// byAgent reports whether an answer is an agent's.
func (d *dayWriter) byAgent(r *capture.Response) bool {
	return r.Feature == "doc-search" && d.history.Days-d.day < agentDay
}

// run makes an agent's answer of one that a single call gave: it searches, and
// now and then opens a page, before the last call words the answer. What the run
// itself says of usage is the sum of its calls.
func (d *dayWriter) run(r *capture.Response) {
	random := rand.New(rand.NewPCG(d.history.Seed, uint64(d.day)<<32+uint64(d.made)))
	// Ids of a trace as OpenTelemetry has them.
	r.TraceID = fmt.Sprintf("%016x%016x", d.day+1, d.made)
	at, spans := r.Time, 0
	span := func() string {
		spans++
		return fmt.Sprintf("%016x", spans)
	}
	r.SpanID = span()
	words := func(mean float64) int64 { return 20 + int64(random.ExpFloat64()*mean) }
	call := func(input, output int64, ms float64) *capture.Response {
		c := &capture.Response{}
		c.Labels, c.Outcome = r.Labels, r.Outcome
		c.TraceID, c.SpanID, c.Time = r.TraceID, span(), heed.Instant(at)
		c.ID = heed.ResponseID(c.TraceID + "-" + c.SpanID)
		cost := (float64(input)*0.4 + float64(output)*1.6) / 1e6
		c.InputTokens, c.OutputTokens, c.CostUSD, c.DurationMS = &input, &output, &cost, &ms
		d.items = append(d.items, capture.Item{Response: c})
		at = at.Add(time.Duration(ms * float64(time.Millisecond)))
		return c
	}
	step := func(kind heed.StepKind, name string, ms float64) {
		s := &heed.Step{
			TraceID: r.TraceID, SpanID: span(), Kind: kind, Name: name, Time: heed.Instant(at), DurationMS: &ms, Status: heed.StatusOK,
		}
		if random.Float64() < 0.02 {
			s.Status, s.ErrorType, s.ErrorCode = heed.StatusError, "tool_error", "index_unavailable"
		}
		d.items = append(d.items, capture.Item{Step: s})
		at = at.Add(time.Duration(ms * float64(time.Millisecond)))
	}
	first := call(words(200), words(15), 380*math.Exp(0.3*random.NormFloat64()))
	first.Model, first.Outcome = "aurora-2-mini", heed.Outcome{Status: heed.StatusOK, FinishReason: "tool_calls"}
	step(heed.StepRetrieval, "documents", 90*math.Exp(0.4*random.NormFloat64()))
	if random.Float64() < 0.4 {
		step(heed.StepTool, "open_page", 240*math.Exp(0.6*random.NormFloat64()))
	}
	last := call(*r.InputTokens, 0, *r.DurationMS)
	last.OutputTokens, last.CostUSD, last.TTFTMS = r.OutputTokens, r.CostUSD, r.TTFTMS

	r.Operation, r.FinishReason = heed.OperationInvokeAgent, ""
	before := float64(last.Time.Sub(r.Time)) / float64(time.Millisecond)
	whole := before + *r.DurationMS
	r.DurationMS = &whole
	if r.TTFTMS != nil {
		ttft := before + *r.TTFTMS
		r.TTFTMS = &ttft
	}
	input, cost := *first.InputTokens+*r.InputTokens, *first.CostUSD+*r.CostUSD
	r.InputTokens, r.CostUSD = &input, &cost
}
