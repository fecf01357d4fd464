package langfuse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/price"
)

const (
	created  = `{"id":"1","type":"generation-create","timestamp":"2026-11-24T03:00:00Z","body":{"id":"g","traceId":"t","startTime":"2026-11-24T03:00:00Z","model":"m","version":"g7"}}`
	streamed = `{"id":"2","type":"generation-update","timestamp":"2026-11-24T03:00:01Z","body":{"id":"g","traceId":"t","completionStartTime":"2026-11-24T03:00:01Z"}}`
	ended    = `{"id":"3","type":"generation-update","timestamp":"2026-11-24T03:00:20Z","body":{"id":"g","traceId":"t","endTime":"2026-11-24T03:00:20Z","model":"m-1"}}`
	asked    = `{"id":"4","type":"trace-create","timestamp":"2026-11-24T03:00:00Z","body":{"id":"t","name":"chat","sessionId":"c","environment":"Production","version":"v2"}}`
	released = `{"id":"5","type":"trace-create","timestamp":"2026-11-24T03:00:09Z","body":{"id":"t","release":"r9"}}`
)

// bare is an event that does not say which trace its generation is in.
func bare(event string) string { return strings.Replace(event, `"traceId":"t",`, "", 1) }

// numbered is an event of another generation in another trace.
func numbered(event string, n int) string {
	return strings.NewReplacer(`"t"`, fmt.Sprintf(`"t%d"`, n), `"g"`, fmt.Sprintf(`"g%d"`, n)).Replace(event)
}

func batch(events ...string) string { return `{"batch":[` + strings.Join(events, ",") + `]}` }

// However the events of a generation are spread over calls, and in whatever
// order they come, the parts make one response.
func TestPartsOfCallsMakeOneResponse(t *testing.T) {
	number := func(n float64) *float64 { return &n }
	want := heed.Response{
		ID: "g", Time: received.Add(-10 * 60e9),
		Labels:  heed.Labels{Operation: "chat", Model: "m-1", Feature: "chat", Release: "r9", Environment: "production"},
		Outcome: heed.Outcome{Status: heed.StatusOK},
		Timing:  heed.Timing{DurationMS: number(20_000), TTFTMS: number(1000)},

		ConversationID: "c", TraceID: "t", SpanID: "g",
	}
	for _, c := range []struct {
		name  string
		calls []string
	}{
		{"one call", []string{batch(asked, created, streamed, ended, released)}},
		{"one call, all upside down", []string{batch(released, ended, streamed, created, asked)}},
		{"a call each", []string{batch(asked), batch(created), batch(streamed), batch(ended), batch(released)}},
		{"the trace last", []string{batch(created, streamed), batch(ended), batch(asked, released)}},
		{"the end before the start", []string{batch(ended), batch(asked, released, streamed), batch(created)}},
		{"an end without its trace", []string{batch(asked, created), batch(streamed), batch(bare(ended)), batch(released)}},
		{"an end without its trace before the start", []string{batch(bare(ended)), batch(asked, created), batch(streamed, released)}},
		{"all but the start without their trace", []string{batch(bare(streamed), asked, bare(ended), created, released)}},
		{"sent twice", []string{batch(asked, created), batch(asked, created), batch(streamed, ended), batch(streamed, ended), batch(released), batch(released)}},
	} {
		traces := newTraces(maxTracesBytes, nil)
		var got heed.Response
		var versions heed.Versions
		for i, call := range c.calls {
			m := take(t, traces, call)
			if len(m.Refused) > 0 || len(m.Responses) > 1 {
				t.Errorf("%s: call %d became %+v", c.name, i, m)
			}
			for _, r := range m.Responses {
				at := heed.VersionOf(r.Time, received.Add(1000*60e9))
				at.Received += int64(i)
				versions, _ = got.Merge(heed.Version{}, versions, &r.Response, at)
				got.ID = r.ID
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A generation that does not tell its cost has that of the price table, whichever
// call tells its model; one that tells keeps what it told.
func TestCost(t *testing.T) {
	cached := 0.5
	prices := price.Table{"m": {{Input: 2, Cached: &cached, Output: 8}}, "embedder": {{Input: 1}}}
	const (
		start  = `{"id":"1","type":"generation-create","timestamp":"2026-11-24T03:00:00Z","body":{"id":"g","startTime":"2026-11-24T03:00:00Z","model":"m"}}`
		used   = `{"id":"2","type":"generation-update","timestamp":"2026-11-24T03:00:09Z","body":{"id":"g","usageDetails":{"input":1000,"cache_read_input_tokens":1000,"output":500}}}`
		told   = `{"id":"3","type":"generation-update","timestamp":"2026-11-24T03:00:10Z","body":{"id":"g","costDetails":{"total":7}}}`
		embeds = `{"id":"4","type":"generation-create","timestamp":"2026-11-24T03:00:00Z","body":{"id":"g","model":"embedder","usage":{"input":3000000}}}`
		other  = `{"id":"5","type":"generation-create","timestamp":"2026-11-24T03:00:00Z","body":{"id":"g","model":"unheard-of","usage":{"input":10,"output":10}}}`
	)
	listed, seven, three := 0.0065, 7.0, 3.0
	for _, c := range []struct {
		name  string
		calls []string
		want  *float64
	}{
		{"in one call", []string{batch(start, used)}, &listed},
		{"in two calls", []string{batch(start), batch(used)}, &listed},
		{"told in the same call", []string{batch(start, used, told)}, &seven},
		{"told before its usage", []string{batch(start, told), batch(used)}, &seven},
		{"without output, where there is none", []string{batch(embeds)}, &three},
		{"of a model without a price", []string{batch(other)}, nil},
	} {
		traces := newTraces(maxTracesBytes, prices)
		var got *float64
		for _, call := range c.calls {
			for _, r := range take(t, traces, call).Responses {
				if r.CostUSD != nil {
					got = r.CostUSD
				}
			}
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What is said of a trace in a call that could not be made durable is told to its
// generations when the call comes again.
func TestCallThatFailed(t *testing.T) {
	traces := newTraces(maxTracesBytes, nil)
	take(t, traces, batch(created))
	take(t, traces, batch(asked))
	if again := take(t, traces, batch(asked)); len(again.Responses) != 0 {
		t.Fatalf("what is known is told again: %+v", again)
	}
	traces.untell("prj_1", decodeAll(t, batch(asked)))
	again := take(t, traces, batch(asked))
	if len(again.Responses) != 1 || again.Responses[0].Feature != "chat" {
		t.Errorf("told again: %+v", again)
	}
}

// A generation that ends before it began is refused, wherever its start came
// from, and what was known stays.
func TestContradictionIsRefused(t *testing.T) {
	traces := newTraces(maxTracesBytes, nil)
	take(t, traces, batch(created))
	m := take(t, traces, batch(`{"id":"x","type":"generation-update","body":{"id":"g","traceId":"t","endTime":"2026-11-24T02:00:00Z"}}`, streamed))
	if diff := cmp.Diff(map[string]string{"x": "body.endTime is before the startTime"}, m.Refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if len(m.Responses) != 1 || m.Responses[0].Status != "" || *m.Responses[0].TTFTMS != 1000 {
		t.Errorf("made of the other event: %+v", m.Responses)
	}
	// An event that tells nothing new of a trace tells its generations nothing.
	take(t, traces, batch(asked))
	if m := take(t, traces, batch(asked)); len(m.Responses) > 0 {
		t.Errorf("made of what was known: %+v", m.Responses)
	}
	// Projects know nothing of each other.
	events := decodeAll(t, batch(ended))
	if d := traces.draft("prj_2", events); d[0].item.Response.DurationMS != nil {
		t.Error("another project's start was used")
	}
}

// What is remembered has a bound, and what was spoken of last is kept.
func TestTracesAreBounded(t *testing.T) {
	traces := newTraces(100<<10, nil)
	for i := range 1000 {
		take(t, traces, batch(numbered(created, i)))
		take(t, traces, batch(created))
		if traces.used > traces.room || traces.oldest.Len() != len(traces.byID) || len(traces.homes) > len(traces.byID) {
			t.Fatalf("after %d traces: %d bytes of %d, %d in order of %d, %d homes", i, traces.used, traces.room, traces.oldest.Len(), len(traces.byID), len(traces.homes))
		}
	}
	if n := traces.oldest.Len(); n < 50 || n > 200 {
		t.Errorf("%d traces in 100 kB", n)
	}
	if m := take(t, traces, batch(ended)); m.Responses[0].DurationMS == nil {
		t.Error("the trace that was spoken of all the time is forgotten")
	}
	if m := take(t, traces, batch(numbered(ended, 1))); m.Responses[0].DurationMS != nil {
		t.Error("the oldest trace is still there")
	}

	// More generations than are remembered of a trace are still whole where one
	// call tells of them.
	var all []string
	for i := range 2 * maxGenerations {
		id := fmt.Sprintf(`"g%d"`, i)
		all = append(all, strings.ReplaceAll(ended, `"g"`, id), strings.ReplaceAll(created, `"g"`, id))
	}
	traces = newTraces(maxTracesBytes, nil)
	m := take(t, traces, batch(all...))
	if len(m.Responses) != 2*maxGenerations {
		t.Errorf("%d responses", len(m.Responses))
	}
	for _, r := range m.Responses {
		if r.DurationMS == nil {
			t.Fatalf("%s has no duration", r.ID)
		}
	}
	if m := take(t, traces, batch(released)); len(m.Responses) != maxGenerations {
		t.Errorf("news of the trace reached %d generations, want %d", len(m.Responses), maxGenerations)
	}
}

// Calls at the same time lose nothing of each other: whichever comes last has it
// all, or tells the others what was missing.
func TestCallsAtTheSameTime(t *testing.T) {
	for range 50 {
		traces := newTraces(maxTracesBytes, nil)
		parts := make(chan []madeResponse)
		for _, call := range []string{batch(asked), batch(created), batch(streamed), batch(ended), batch(released)} {
			go func() { parts <- take(t, traces, call).Responses }()
		}
		var all heed.Response
		var versions heed.Versions
		for range 5 {
			for _, r := range <-parts {
				versions, _ = all.Merge(heed.Version{}, versions, &r.Response, heed.Version{})
			}
		}
		if all.DurationMS == nil || all.TTFTMS == nil || all.Feature == "" || all.Release == "" || all.Model == "" {
			t.Fatalf("something is lost: %+v", all)
		}
	}
}
