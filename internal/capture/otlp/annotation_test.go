package otlp

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

const (
	trace1 = "01000000000000000000000000000000"
	trace7 = "07000000000000000000000000000000"
	span1  = "0100000000000000"
	span8  = "0800000000000000"
)

// saidIn is the feedback that a batch tells of.
func saidIn(traces ptrace.Traces) (said []*capture.Feedback, lost refusals) {
	items, lost := itemsOf(nil, traces)
	for _, item := range items {
		if item.Feedback != nil {
			said = append(said, item.Feedback)
		}
	}
	return said, lost
}

// annotation is one judgement as attributes.
func annotation(prefix string, values map[string]any) map[string]any {
	all := map[string]any{}
	for name, value := range values {
		all[prefix+name] = value
	}
	return all
}

func merged(all ...map[string]any) map[string]any {
	one := map[string]any{}
	for _, m := range all {
		maps.Copy(one, m)
	}
	return one
}

var call = map[string]any{"openinference.span.kind": "LLM", "llm.model_name": "gpt-5"}

func TestAnnotations(t *testing.T) {
	link := func(n byte) func(ptrace.Span) {
		return func(s ptrace.Span) {
			l := s.Links().AppendEmpty()
			l.SetTraceID(pcommon.TraceID{n})
			l.SetSpanID(pcommon.SpanID{n + 1})
		}
	}
	thumbs := map[string]any{"name": "thumbs", "score": 0, "explanation": "wrong date", "annotator_kind": "HUMAN"}
	down := heed.Edit{Vote: heed.Value(heed.VoteDown), Score: heed.Null[heed.Score](), Comment: heed.Value(struct{}{})}
	inline := heed.Target{TraceID: trace1, SpanID: span1}
	for _, c := range []struct {
		name   string
		values map[string]any
		change func(ptrace.Span)
		target heed.Target
		want   heed.Edit
	}{
		{"inline", merged(call, annotation("annotations.0.annotation.", thumbs)), nil, inline, down},
		{"inline, as an evaluation", merged(call, annotation("evaluations.3.evaluation.", thumbs)), nil, inline, down},
		{"inline on a call that links to something", merged(call, annotation("annotations.0.annotation.", thumbs)), link(7), inline, down},
		{"inline, of the trace", merged(call, annotation("trace.annotations.0.annotation.", thumbs)), nil, heed.Target{TraceID: trace1}, down},
		{"on a carrier", annotation("annotations.0.annotation.", thumbs), link(7), heed.Target{TraceID: trace7, SpanID: span8}, down},
		{"on an evaluator", merged(map[string]any{"openinference.span.kind": "EVALUATOR"}, annotation("evaluations.0.evaluation.", thumbs)), link(7), heed.Target{TraceID: trace7, SpanID: span8}, down},
		{"on a carrier, of the trace", annotation("trace.evaluations.0.evaluation.", thumbs), link(7), heed.Target{TraceID: trace7}, down},
		{"on a carrier, of the session", merged(map[string]any{"session.id": "s-1"}, annotation("session.annotations.0.annotation.", thumbs)), link(7), heed.Target{TraceID: trace7}, down},
		{"with two links it carries nothing", annotation("annotations.0.annotation.", thumbs), func(s ptrace.Span) { link(7)(s); link(9)(s) }, inline, down},
		{"a scale", annotation("annotations.0.annotation.", map[string]any{"name": "tone", "score": 4.5, "annotator_kind": "HUMAN"}), nil, inline,
			heed.Edit{Vote: heed.Null[heed.Vote](), Score: heed.Value(heed.Score{Value: 4.5, Min: 1, Max: 5}), Tags: heed.Value([]string{"tone"})}},
		{"below zero", annotation("annotations.0.annotation.", map[string]any{"name": "user feedback", "score": -1, "annotator_kind": "HUMAN"}), nil, inline,
			heed.Edit{Vote: heed.Value(heed.VoteDown), Score: heed.Null[heed.Score]()}},
		{"a word", annotation("annotations.0.annotation.", map[string]any{"name": "kind", "label": "off_topic", "annotator_kind": "HUMAN"}), nil, inline,
			heed.Edit{Tags: heed.Value([]string{"off_topic"})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			traces := newTraces(nil)
			span := addSpan(traces, 1, 0, c.values)
			if c.change != nil {
				c.change(span)
			}
			said, lost := saidIn(traces)
			if len(said) != 1 || lost.n != 0 {
				t.Fatalf("%d feedbacks, lost %+v", len(said), lost)
			}
			got := said[0].Edit
			if said[0].Identity == nil || !got.Time.Equal(ended) || said[0].Comment.IsZero() == got.Comment.Set {
				t.Errorf("identity %q, time %s", said[0].Identity, got.Time)
			}
			got.Time = c.want.Time
			c.want.Target, c.want.Surface = c.target, "otlp"
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is the same judgement has the same id, however often it is sent, and what
// is another has another.
func TestAnnotationsAreIdempotent(t *testing.T) {
	ids := func(values map[string]any, spans ...byte) []string {
		traces := newTraces(nil)
		for _, n := range spans {
			addSpan(traces, n, 0, values)
		}
		said, _ := saidIn(traces)
		var ids []string
		for _, f := range said {
			ids = append(ids, strings.Join(f.Identity, "|"))
		}
		slices.Sort(ids)
		return ids
	}
	different := func(ids []string) int { return len(slices.Compact(slices.Clone(ids))) }
	one := map[string]any{"name": "thumbs", "score": 1, "annotator_kind": "HUMAN"}
	changed := map[string]any{"name": "thumbs", "score": 0, "annotator_kind": "HUMAN"}
	by := func(values map[string]any, identifier string) map[string]any {
		return merged(values, map[string]any{"identifier": identifier})
	}

	first := ids(annotation("annotations.0.annotation.", by(one, "ann")), 1)
	if !slices.Equal(first, ids(annotation("annotations.5.annotation.", by(changed, "ann")), 1)) {
		t.Error("a judgement that its identifier tells apart is another when it changes")
	}
	if !slices.Equal(ids(annotation("annotations.0.annotation.", one), 1), ids(annotation("annotations.0.annotation.", one), 1)) {
		t.Error("a span that is exported again is another judgement")
	}
	two := merged(annotation("annotations.0.annotation.", by(one, "ann")), annotation("annotations.1.annotation.", by(one, "bob")))
	if got := ids(two, 1); different(got) != 2 {
		t.Errorf("two annotators: %v", got)
	}
	nameless := merged(annotation("annotations.0.annotation.", one), annotation("annotations.1.annotation.", one))
	if got := ids(nameless, 1); different(got) != 2 {
		t.Errorf("two annotators without identifiers: %v", got)
	}
	both := merged(annotation("annotations.0.annotation.", one), annotation("evaluations.0.evaluation.", one))
	if got := ids(both, 1); len(got) != 1 {
		t.Errorf("one judgement in both forms: %v", got)
	}
	if got := ids(annotation("trace.annotations.0.annotation.", one), 1, 2, 3); len(got) != 3 || different(got) != 1 {
		t.Errorf("of a trace, on each of its spans: %v", got)
	}
	if got := ids(annotation("annotations.0.annotation.", one), 1, 2, 3); different(got) != 3 {
		t.Errorf("of three spans: %v", got)
	}
}

// A span names the person only where one judged.
func TestAnnotator(t *testing.T) {
	thumbs := map[string]any{"name": "thumbs", "score": 1, "annotator_kind": "HUMAN"}
	person := map[string]any{"user.id": "u-1"}
	for n, values := range map[int]map[string]any{
		1: merged(person, annotation("annotations.0.annotation.", thumbs)),
		2: merged(person, annotation("annotations.0.annotation.", thumbs), annotation("annotations.1.annotation.", thumbs)),
	} {
		traces := newTraces(nil)
		addSpan(traces, 1, 0, values)
		said, _ := saidIn(traces)
		if len(said) != n {
			t.Fatalf("%d feedbacks, want %d", len(said), n)
		}
		for _, f := range said {
			if f.User.IsZero() == (n == 1) {
				t.Errorf("%d annotators, and a person is named: %v", n, !f.User.IsZero())
			}
		}
	}
}

// What models and programs judge is not what people say; what a person said and
// cannot be kept is counted.
func TestAnnotationsThatAreNone(t *testing.T) {
	many := map[string]any{}
	for i := range maxResults + 5 {
		maps.Copy(many, annotation(fmt.Sprintf("annotations.%d.annotation.", i), map[string]any{"name": "thumbs", "score": 1, "annotator_kind": "HUMAN"}))
	}
	for _, c := range []struct {
		name       string
		values     map[string]any
		said, lost int
	}{
		{"a model's", annotation("annotations.0.annotation.", map[string]any{"name": "a", "score": 1, "annotator_kind": "LLM"}), 0, 0},
		{"a program's", annotation("evaluations.0.evaluation.", map[string]any{"name": "a", "score": 1, "annotator_kind": "CODE"}), 0, 0},
		{"nobody's", annotation("evaluations.0.evaluation.", map[string]any{"name": "a", "score": 1}), 0, 0},
		{"nameless", annotation("annotations.0.annotation.", map[string]any{"score": 1, "annotator_kind": "HUMAN"}), 0, 1},
		{"without a result", annotation("annotations.0.annotation.", map[string]any{"name": "a", "annotator_kind": "HUMAN"}), 0, 1},
		{"crossed", annotation("annotations.0.evaluation.", map[string]any{"name": "a", "score": 1, "annotator_kind": "HUMAN"}), 0, 0},
		{"without an index", annotation("annotations.x.annotation.", map[string]any{"name": "a", "score": 1, "annotator_kind": "HUMAN"}), 0, 0},
		{"too many", many, maxResults, 5},
	} {
		traces := newTraces(nil)
		addSpan(traces, 1, 0, c.values)
		if said, lost := saidIn(traces); len(said) != c.said || lost.n != c.lost || (lost.n > 0) != (lost.why != "") {
			t.Errorf("%s: %d feedbacks and %+v, want %d and %d lost", c.name, len(said), lost, c.said, c.lost)
		}
	}
}

// An evaluation on a span that only carries it is about the span that it links to.
func TestEvaluationOnACarrier(t *testing.T) {
	traces := newTraces(nil)
	span := addSpan(traces, 1, 0, map[string]any{"openinference.span.kind": "EVALUATOR"})
	link := span.Links().AppendEmpty()
	link.SetTraceID(pcommon.TraceID{7})
	link.SetSpanID(pcommon.SpanID{8})
	event := span.Events().AppendEmpty()
	event.SetName(evaluationResult)
	event.Attributes().PutStr("gen_ai.evaluation.name", "thumbs")
	event.Attributes().PutDouble("gen_ai.evaluation.score.value", 1)
	said, _ := saidIn(traces)
	if len(said) != 1 || said[0].Target != (heed.Target{TraceID: trace7, SpanID: span8}) || said[0].Vote.Value != heed.VoteUp {
		t.Errorf("%+v", said)
	}
}

// Foundry's libraries write an evaluation so, as their samples do.
func TestFoundry(t *testing.T) {
	const (
		binary = `{"gen_ai.evaluation.type":"boolean","gen_ai.evaluation.min_value":"0.0","gen_ai.evaluation.max_value":"1.0","gen_ai.evaluation.threshold":"1.0","gen_ai.evaluation.desirable_direction":"increase"}`
		stars  = `{"gen_ai.evaluation.type":"ordinal","gen_ai.evaluation.min_value":"1.0","gen_ai.evaluation.max_value":"5.0","gen_ai.evaluation.threshold":"3.0","gen_ai.evaluation.desirable_direction":"increase"}`
		older  = `{"gen_ai.evaluation.type":"boolean","microsoft.human_evaluation.source":"end_user","microsoft.human_evaluation.id":"e-1"}`
		wrong  = `{"gen_ai.evaluation.type":"boolean","gen_ai.evaluation.threshold":0.0,"gen_ai.evaluation.desirable_direction":"decrease"}`
	)
	human := map[string]any{"microsoft.gen_ai.human_evaluation.source": "end_user"}
	vote := func(v heed.Vote) heed.Edit { return heed.Edit{Vote: heed.Value(v), Score: heed.Null[heed.Score]()} }
	score := func(value, least, most float64, tag string) heed.Edit {
		return heed.Edit{Vote: heed.Null[heed.Vote](), Score: heed.Value(heed.Score{Value: value, Min: least, Max: most}), Tags: heed.Value([]string{tag})}
	}
	for _, c := range []struct {
		name   string
		values map[string]any
		want   heed.Edit
		ok     bool
	}{
		{"thumbs up", merged(human, map[string]any{"gen_ai.evaluation.name": "task_completion", "gen_ai.evaluation.score.value": 1.0, "gen_ai.evaluation.score.label": "pass", "internal_properties": binary}), vote(heed.VoteUp), true},
		{"thumbs down, as text", merged(human, map[string]any{"gen_ai.evaluation.name": "task_completion", "gen_ai.evaluation.score.value": "0.0", "internal_properties": binary}), vote(heed.VoteDown), true},
		{"one star of five", merged(human, map[string]any{"gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.value": 1.0, "gen_ai.evaluation.score.label": "fail", "internal_properties": stars}), score(1, 1, 5, "relevance"), true},
		{"four stars, and no scale", map[string]any{"gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.value": 4.0, "gen_ai.evaluation.score.label": "pass"}, score(4, 1, 5, "relevance"), true},
		{"as it was before", map[string]any{"gen_ai.evaluation.name": "task_completion", "gen_ai.evaluation.score.value": 1.0, "gen_ai.evaluation.score.label": "pass", "internal_properties": older}, vote(heed.VoteUp), true},
		{"the less the better", merged(human, map[string]any{"gen_ai.evaluation.name": "harm", "gen_ai.evaluation.score.value": 0, "internal_properties": wrong}), vote(heed.VoteUp), true},
		{"an evaluator's", map[string]any{"gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.value": 4.0, "gen_ai.evaluation.score.label": "pass", "internal_properties": stars}, heed.Edit{}, false},
		{"not JSON", merged(human, map[string]any{"gen_ai.evaluation.name": "thumbs", "gen_ai.evaluation.score.value": 1, "internal_properties": "{wombat"}), vote(heed.VoteUp), true},
	} {
		r := plog.NewLogRecord()
		r.SetTimestamp(pcommon.NewTimestampFromTime(begun))
		r.Body().SetStr(evaluationResult)
		values := merged(c.values, map[string]any{"microsoft.custom_event.name": evaluationResult, "gen_ai.response.id": "resp_1"})
		if err := r.Attributes().FromRaw(values); err != nil {
			t.Fatal(err)
		}
		f, ok := feedbackOfRecord(r)
		if ok != c.ok {
			t.Errorf("%s: taken: %v", c.name, ok)
			continue
		} else if !ok {
			continue
		}
		got := f.Edit
		c.want.Target, c.want.Surface, c.want.Time = heed.Target{ResponseID: "resp_1"}, "otlp", begun
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
