package spool_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// sealed makes an envelope of the form that the vault accepts.
func sealed(t testing.TB, marks ...byte) vault.Sealed {
	t.Helper()
	for size := 32; size < 4096; size++ {
		envelope := append(make([]byte, size-len(marks)), marks...)
		envelope[0], envelope[1] = 1, 1 // version and class
		var s vault.Sealed
		if s.UnmarshalBinary(envelope) == nil {
			return s
		}
	}
	t.Fatal("no envelope is well-formed any more: make one as the vault does")
	return vault.Sealed{}
}

func ptr[T any](v T) *T { return &v }

// everyEvent is every kind of event, with every field set, unset, null and at
// its limits.
func everyEvent(t testing.TB) map[string]store.Event {
	precise := time.Date(2031, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	who := heed.Respondent{0, 1, 0xff, 0x80}
	event := func(ev store.Event) store.Event {
		ev.Project, ev.Received = "project-1", received
		return ev
	}
	response := heed.Response{
		Project: "project-1", ID: "resp-1", Time: precise,
		Labels: heed.Labels{
			Operation: "chat", Provider: "openai", Model: "gpt-x", PromptName: "support", PromptVersion: "7",
			Feature: "search", Release: "1.2.3", Environment: "prod",
		},
		Outcome: heed.Outcome{Status: heed.StatusError, ErrorType: "timeout", ErrorCode: "504", FinishReason: "stop"},
		Timing:  heed.Timing{DurationMS: ptr(1234.5678901234567), TTFTMS: ptr(0.0)},
		Usage: heed.Usage{
			InputTokens: ptr(int64(math.MaxInt64)), OutputTokens: ptr(int64(0)), CachedTokens: ptr(int64(1)),
			ReasoningTokens: ptr(int64(23)), CostUSD: ptr(0.1),
		},
		ConversationID: "c", TraceID: "t", SpanID: "s", Respondent: who,
	}
	edit := heed.Edit{
		Project: "project-1", ID: "fb_1", Target: heed.Target{ResponseID: "resp-1", TraceID: "t", SpanID: "s"},
		Vote: heed.Value(heed.VoteDown), Score: heed.Value(heed.Score{Value: 3, Min: 1, Max: 5}),
		Tags: heed.Value([]string{"incorrect", "größe", ""}), PreferredOver: heed.Value(heed.ResponseID("other")),
		Comment: heed.Value(struct{}{}), Correction: heed.Value(struct{}{}),
		Surface: "web", Trust: heed.TrustToken, Owner: heed.Owner{9}, Respondent: who, Time: precise,
	}
	nulls := heed.Edit{
		Project: "project-1", ID: "fb_2", Target: heed.Target{TraceID: "t"}, Trust: heed.TrustPublic,
		Vote: heed.Null[heed.Vote](), Score: heed.Null[heed.Score](), Tags: heed.Null[[]string](),
		PreferredOver: heed.Null[heed.ResponseID](), Comment: heed.Null[struct{}](), Correction: heed.Null[struct{}](),
	}
	metric := heed.Metric{
		Project: "project-1", Name: "gen_ai.client.inference.duration", Labels: response.Labels, ErrorType: "timeout", ErrorCode: "504",
		Stream: [16]byte{1, 15: 2}, Cumulative: true, Start: precise, Time: precise.Add(time.Minute),
		Tally: heed.Tally{Count: 3, Sum: 0.3, Ranges: []heed.Range{{N: 1}, {Low: 0.1, High: 10, N: 1}, {Low: 10, High: math.Inf(1), N: 1}}},
	}
	withTags := func(tags []string) store.Event {
		return event(store.Event{Feedback: &store.FeedbackEdit{Edit: heed.Edit{
			Project: "project-1", ID: "fb_3", Tags: heed.Field[[]string]{Set: true, Value: tags},
		}}})
	}
	return map[string]store.Event{
		"response": event(store.Event{Response: &store.ResponsePart{Response: response, Input: sealed(t, 1), Output: sealed(t, 2)}}),
		"retried response": event(store.Event{Response: &store.ResponsePart{Response: heed.Response{
			Project: "project-1", ID: "r", Timing: heed.Timing{TTFBMS: ptr(12.5)}, Retry: heed.Retry{Retries: ptr(int64(2)), RetryOf: "first"}, PartOf: "run",
		}}}),
		"bare response":     event(store.Event{Response: &store.ResponsePart{Response: heed.Response{Project: "project-1", ID: "r"}}}),
		"feedback":          event(store.Event{Feedback: &store.FeedbackEdit{Edit: edit, CommentText: sealed(t, 3), CorrectionText: sealed(t, 4)}}),
		"feedback of nulls": event(store.Event{Feedback: &store.FeedbackEdit{Edit: nulls}}),
		"bare feedback":     event(store.Event{Feedback: &store.FeedbackEdit{Edit: heed.Edit{Project: "project-1", ID: "f"}}}),
		"nil tags":          withTags(nil),
		"empty tags":        withTags([]string{}),
		"signal":            event(store.Event{Signal: &heed.Signal{Project: "project-1", ID: "s", ResponseID: "r", Name: "edited", Value: ptr(-1.5), Time: precise, Trust: heed.TrustServer}}),
		"bare signal":       event(store.Event{Signal: &heed.Signal{Project: "project-1"}}),
		"change":            event(store.Event{Change: &store.Change{Change: heed.Change{Project: "project-1", ID: "c", Name: "model", Value: "v2", Time: precise, HasNote: true}, Note: sealed(t, 5)}}),
		"bare change":       event(store.Event{Change: &store.Change{Change: heed.Change{Project: "project-1"}}}),
		"receipt":           event(store.Event{Receipt: &store.Receipt{Key: [16]byte{1, 2}, Request: [16]byte{15: 3}, Answer: []byte(`{"a":1}`)}}),
		"empty receipt":     event(store.Event{Receipt: &store.Receipt{Answer: []byte{}}}),
		"bare receipt":      event(store.Event{Receipt: &store.Receipt{}}),
		"metric":            event(store.Event{Metric: &metric}),
		"bare metric":       event(store.Event{Metric: &heed.Metric{Project: "project-1"}}),
		"step": event(store.Event{Step: &heed.Step{
			Project: "project-1", TraceID: "t", SpanID: "s", Kind: heed.StepTool, Name: "search", Time: precise,
			Status: heed.StatusError, ErrorType: "tool_error", ErrorCode: "gone", DurationMS: ptr(1.5),
		}}),
		"bare step":          event(store.Event{Step: &heed.Step{Project: "project-1"}}),
		"nothing":            {},
		"nanoseconds":        {Project: "p", Received: received.Add(123 * time.Nanosecond)},
		"before 1970":        {Project: "p", Received: time.Date(1901, 1, 1, 0, 0, 0, 1000, time.UTC)},
		"not UTF-8":          event(store.Event{Signal: &heed.Signal{Project: "project-1", ID: "\xff\xfe", ResponseID: "r\x00"}}),
		"long":               event(store.Event{Signal: &heed.Signal{Project: "project-1", ID: strings.Repeat("é", 70_000)}}),
		"special floats":     event(store.Event{Signal: &heed.Signal{Project: "project-1", Value: ptr(math.Inf(-1))}}),
		"smallest float":     event(store.Event{Signal: &heed.Signal{Project: "project-1", Value: ptr(math.SmallestNonzeroFloat64)}}),
		"smallest int":       event(store.Event{Response: &store.ResponsePart{Response: heed.Response{Project: "project-1", Usage: heed.Usage{InputTokens: ptr(int64(math.MinInt64))}}}}),
		"negative zero":      event(store.Event{Signal: &heed.Signal{Project: "project-1", Value: ptr(math.Copysign(0, -1))}}),
		"empty project name": {Received: received, Signal: &heed.Signal{ID: "x"}},
	}
}

// compareSealed compares envelopes, which nothing outside the vault can see
// into otherwise.
func compareSealed() cmp.Option {
	return cmp.Comparer(func(a, b vault.Sealed) bool { return reflect.DeepEqual(a, b) })
}

// TestEveryEventComesBackExactly drains each event in the process that appended
// it, which hands most over in memory, and in a later one.
func TestEveryEventComesBackExactly(t *testing.T) {
	for name, want := range everyEvent(t) {
		for _, later := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/later=%t", name, later), func(t *testing.T) {
				dir := t.TempDir()
				s := open(t, dir, spool.DefaultConfig(), 0)
				want.Seq = appendTo(t, s, want)
				if later {
					closeSpool(t, s)
					s = open(t, dir, spool.DefaultConfig(), 0)
				}
				m := newMemoryStore()
				drainUntil(t, s, m, want.Seq)
				if diff := cmp.Diff([]store.Event{want}, m.events, compareSealed()); diff != "" {
					t.Error(diff)
				}
				if !reflect.DeepEqual([]store.Event{want}, m.events) {
					t.Errorf("not the same to the bit, such as in a time's zone: %#v", m.events)
				}
			})
		}
	}
}

// TestEveryFieldIsOnDisk fails when a field is added to an event whose name
// keeps it off the disk, or that the round trip above does not cover.
func TestEveryFieldIsOnDisk(t *testing.T) {
	off := map[string]bool{"Event.Seq": true, "Response.Project": true, "Edit.Project": true, "Signal.Project": true, "Change.Project": true, "Metric.Project": true, "Step.Project": true}
	set := map[string]bool{}
	for _, ev := range everyEvent(t) {
		fieldsSet(reflect.ValueOf(ev), set)
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[time.Time]() || typ == reflect.TypeFor[vault.Sealed]() {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			name := fmt.Sprintf("%s.%s", typ.Name(), f.Name)
			if f.Tag.Get("json") == "-" != off[name] {
				t.Errorf("%s: is it put back by the decoder? json tag %q", name, f.Tag.Get("json"))
			}
			if !off[name] && !set[name] {
				t.Errorf("%s is not set in any event of everyEvent", name)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[store.Event]())
}

// fieldsSet notes every field in v that is not zero.
func fieldsSet(v reflect.Value, set map[string]bool) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if typ := v.Type(); !v.Field(i).IsZero() || v.Field(i).Type() == reflect.TypeFor[struct{}]() {
			set[typ.Name()+"."+typ.Field(i).Name] = true
			fieldsSet(v.Field(i), set)
		}
	}
}
