package storetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// chance makes events and questions out of a small world, so that they meet:
// the same few responses, traces, people and labels, in every order. The same
// seed makes the same ones.
type chance struct {
	*rand.Rand
	projects []heed.ProjectID
	seal     func(text string) vault.Sealed
	received time.Time
	seq      store.Seq
	earlier  []store.Event
}

func newChance(seed uint64, seal func(string) vault.Sealed) *chance {
	return &chance{
		Rand: rand.New(rand.NewPCG(seed, 77)), seal: seal, received: birth,
		projects: []heed.ProjectID{heed.ProjectID(fmt.Sprintf("p%d", seed)), heed.ProjectID(fmt.Sprintf("q%d", seed))},
	}
}

func pick[T any](c *chance, values ...T) T { return values[c.IntN(len(values))] }

// sometimes is a value or, as often, none.
func sometimes[T any](c *chance, make func() T) *T {
	if c.IntN(2) == 0 {
		return nil
	}
	v := make()
	return &v
}

func (c *chance) named(kind string, n int) string {
	return fmt.Sprintf("%s%d", kind, c.IntN(n))
}

// instant is a time within two days before and after birth, often on the hour.
func (c *chance) instant() time.Time {
	at := birth.Truncate(time.Hour).Add(time.Duration(c.IntN(96)-48) * time.Hour / 2)
	if c.IntN(3) > 0 {
		at = at.Add(time.Duration(c.Int64N(int64(time.Hour/time.Microsecond))) * time.Microsecond)
	}
	return at
}

// event makes one more event: a new one, or one sent again.
func (c *chance) event() store.Event {
	// Receive times rise, but not always: several servers have several clocks.
	c.received = c.received.Add(time.Duration(c.IntN(5000)+1) * time.Microsecond)
	received := c.received.Add(-time.Duration(c.IntN(8000)) * time.Microsecond)
	c.seq += store.Seq(c.IntN(3) + 1)
	ev := store.Event{Project: pick(c, c.projects...), Received: received}
	if len(c.earlier) > 0 && c.IntN(6) == 0 {
		ev = pick(c, c.earlier...)
	} else {
		switch c.IntN(12) {
		case 0, 1, 2, 3:
			ev.Response = c.part()
		case 4, 5, 6:
			ev.Feedback = c.edit()
		case 7:
			ev.Signal = c.signal()
		case 8:
			ev.Step = c.step()
		case 9, 10:
			ev.Metric = c.metric()
		default:
			ev.Change = &store.Change{Change: heed.Change{ID: c.named("ch", 3), Name: "prompt", Value: c.named("v", 3), Time: c.instant()}}
		}
		c.earlier = append(c.earlier, ev)
	}
	ev.Seq = c.seq
	return ev
}

func (c *chance) part() *store.ResponsePart {
	p := &store.ResponsePart{Response: heed.Response{ID: heed.ResponseID(c.named("r", 7))}}
	if c.IntN(3) > 0 {
		p.Time = c.instant()
	}
	p.Model = pick(c, "", "m1", "m2")
	p.Operation = pick(c, "", "", "chat", heed.OperationInvokeAgent)
	p.PromptVersion = pick(c, "", "", "v1", "v2")
	p.Feature = pick(c, "", "", "", "search")
	p.Status = pick(c, "", heed.StatusOK, heed.StatusError)
	if p.Status == heed.StatusError {
		p.ErrorType = pick[heed.ErrorType](c, "", "timeout", "quota")
		p.ErrorCode = pick(c, "", "", "429", "rate_limit_exceeded", c.named("code", 40))
	}
	p.FinishReason = pick(c, "", "stop")
	p.TraceID = pick(c, "", c.named("t", 3))
	p.SpanID = pick(c, "", c.named("s", 2))
	p.ConversationID = pick(c, "", "conv")
	p.DurationMS = sometimes(c, func() float64 { return c.ExpFloat64() * 900 })
	p.TTFTMS = sometimes(c, func() float64 { return c.ExpFloat64() * 90 })
	p.TTFBMS = sometimes(c, func() float64 { return c.ExpFloat64() * 50 })
	p.Retries = sometimes(c, func() int64 { return c.Int64N(3) })
	p.RetryOf = pick(c, "", heed.ResponseID(c.named("r", 9)))
	p.InputTokens = sometimes(c, func() int64 { return c.Int64N(1000) })
	p.OutputTokens = sometimes(c, func() int64 { return c.Int64N(1000) })
	p.CostUSD = sometimes(c, func() float64 { return float64(c.IntN(1000)) / 1000 })
	if c.IntN(3) == 0 {
		p.Respondent = heed.Respondent{byte(c.IntN(3) + 1)}
	}
	if c.IntN(4) == 0 {
		p.Input = c.seal(c.named("input", 4))
	}
	if c.IntN(4) == 0 {
		p.Output = c.seal(c.named("output", 4))
	}
	return p
}

func (c *chance) edit() *store.FeedbackEdit {
	e := &store.FeedbackEdit{Edit: heed.Edit{ID: heed.FeedbackID(c.named("f", 9)), Trust: pick(c, heed.TrustServer, heed.TrustToken, heed.TrustPublic)}}
	switch c.IntN(5) {
	case 0:
		e.Target = heed.Target{SpanID: c.named("s", 2)}
	case 2:
		e.Target = heed.Target{TraceID: c.named("t", 3)}
	case 1:
		e.Target = heed.Target{TraceID: c.named("t", 3), SpanID: c.named("s", 2)}
	default:
		e.Target = heed.Target{ResponseID: heed.ResponseID(c.named("r", 7))}
	}
	e.Vote = pick(c, heed.Field[heed.Vote]{}, heed.Null[heed.Vote](), heed.Value(pick(c, heed.VoteUp, heed.VoteDown, heed.VoteNone)))
	e.Score = pick(c, heed.Field[heed.Score]{}, heed.Null[heed.Score](), heed.Value(heed.Score{Value: float64(c.IntN(5)), Max: 5}))
	e.Tags = pick(c, heed.Field[[]string]{}, heed.Null[[]string](), heed.Value([]string{c.named("tag", 3), c.named("tag", 3)}))
	e.PreferredOver = pick(c, heed.Field[heed.ResponseID]{}, heed.Value(heed.ResponseID("other")))
	e.Surface = pick(c, "", "web", "slack")
	if c.IntN(3) == 0 {
		e.Time = c.instant()
	}
	if c.IntN(3) > 0 {
		e.Respondent = heed.Respondent{byte(c.IntN(3) + 1)}
		e.Owner = heed.Owner(e.Respondent)
	}
	switch c.IntN(3) {
	case 0:
		e.Comment, e.CommentText = heed.Value(struct{}{}), c.seal(c.named("comment", 4))
	case 1:
		e.Comment, e.Correction = heed.Null[struct{}](), heed.Null[struct{}]()
	}
	return e
}

func (c *chance) signal() *heed.Signal {
	return &heed.Signal{
		ID: pick(c, "", "", c.named("sig", 4)), ResponseID: heed.ResponseID(c.named("r", 7)),
		Name: pick(c, heed.SignalShown, heed.SignalShown, "copied", "regenerated"), Time: c.instant(),
		Value: sometimes(c, func() float64 { return float64(c.IntN(2)) }), Trust: heed.TrustPublic,
	}
}

func (c *chance) step() *heed.Step {
	s := &heed.Step{
		TraceID: c.named("t", 3), SpanID: c.named("step", 3), Kind: pick(c, heed.StepTool, heed.StepRetrieval), Name: c.named("tool", 3),
		Status: pick(c, "", heed.StatusOK, heed.StatusError), ErrorType: pick[heed.ErrorType](c, "", "tool_error"),
		DurationMS: sometimes(c, func() float64 { return c.ExpFloat64() * 90 }),
	}
	if c.IntN(3) > 0 {
		s.Time = c.instant()
	}
	return s
}

func (c *chance) window() query.Window {
	var w query.Window
	if c.IntN(2) == 0 {
		w.From = c.instant()
	}
	if c.IntN(2) == 0 {
		w.To = c.instant()
	}
	if !w.From.IsZero() && !w.To.IsZero() && w.To.Before(w.From) {
		w.From, w.To = w.To, w.From
	}
	return w
}

func (c *chance) filter() query.Filter {
	f := query.Filter{}
	for d, values := range map[query.Dimension][]string{
		query.Model: {"", "m1", "m2"}, query.PromptVersion: {"", "v1"}, query.Status: {"", "ok", "error"},
		query.ErrorType: {"timeout"}, query.Vote: {"up", "down", "none"}, query.Tag: {"tag0", "tag1"},
		query.Surface: {"", "web"}, query.Trust: {"server", "token", "public"}, query.Bound: {"true", "false"},
	} {
		if c.IntN(9) == 0 {
			f[d] = values[:1+c.IntN(len(values))]
		}
	}
	return f
}

func (c *chance) stats() query.Stats {
	q := query.Stats{Project: pick(c, c.projects...), Window: c.window(), Filter: c.filter()}
	for _, d := range []query.Dimension{query.Model, query.PromptVersion, query.Status, query.Surface, query.Trust} {
		if c.IntN(4) == 0 && len(q.By) < 3 {
			q.By = append(q.By, d)
		}
	}
	q.Of = pick(c, query.Answers, query.Answers, query.Calls)
	q.Said = c.IntN(4) == 0
	q.Step = pick(c, 0, time.Hour, 6*time.Hour, 24*time.Hour, 7*24*time.Hour)
	return q
}

func (c *chance) page() query.Page {
	q := query.Page{Project: pick(c, c.projects...), Window: c.window(), Filter: c.filter(), Limit: 1 + c.IntN(6)}
	q.Of = pick(c, query.Answers, query.Calls, query.Everything)
	if c.IntN(2) == 0 {
		q.After = query.Cursor{Time: c.instant(), ID: pick(c, c.named("r", 7), c.named("f", 9))}
	}
	return q
}
