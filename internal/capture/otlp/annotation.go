package otlp

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/rating"
	"github.com/heed-ai/heed/internal/privacy"
)

// maxResults bounds how many annotations of one span are read.
const maxResults = 64

// result is one judgement as OpenInference has it on spans: attributes named
// annotations.0.annotation.name, or evaluations.0.evaluation.name, which is the same.
type result struct {
	resultKey
	attributes
}

type resultKey struct {
	scope string // "" for the span, else "trace" or "session"
	form  string // "annotation" or "evaluation"
	index int
}

// annotationsIn is what people said by the annotations that a span holds. They
// are about the span or, where it only carries them, about the one it links to.
func annotationsIn(span ptrace.Span) (items []capture.Item, lost refusals) {
	all, beyond := resultsOf(attributes{span.Attributes()})
	lost.add(beyond, "at most 64 annotations of a span are read")
	judges := map[[2]string]int{} // of the same name
	var people []result
	for i := range all {
		r := &all[i]
		if !strings.EqualFold(r.text("annotator_kind"), "HUMAN") || r.repeats(all) {
			continue
		}
		if r.label("name") == "" || r.signed("score") == nil && r.text("label", "explanation") == "" {
			lost.add(1, "annotations need a name, and a score, a label or an explanation")
			continue
		}
		judges[[2]string{r.scope, r.label("name")}]++
		people = append(people, *r)
	}
	for _, r := range people {
		f := r.feedbackOn(span)
		if judges[[2]string{r.scope, r.label("name")}] == 1 {
			f.User = privacy.NewRaw(attributes{span.Attributes()}.text("user.id"))
		}
		items = append(items, capture.Item{Feedback: f})
	}
	return items, lost
}

// resultsOf reads the annotations among attributes, and counts those that are
// beyond what is read.
func resultsOf(a attributes) (all []result, beyond int) {
	var at map[resultKey]int
	for name, value := range a.All() {
		key, field, ok := resultField(name)
		if !ok {
			continue
		}
		i, known := at[key]
		switch {
		case !known && len(all) == maxResults:
			if field == "name" {
				beyond++
			}
			continue
		case !known:
			if at == nil {
				at = map[resultKey]int{}
			}
			i = len(all)
			at[key] = i
			all = append(all, result{key, attributes{pcommon.NewMap()}})
		}
		value.CopyTo(all[i].PutEmpty(field))
	}
	return all, beyond
}

// resultForms are how the names of such attributes begin, and what follows the index.
var resultForms = []struct{ prefix, scope, form string }{
	{"annotations.", "", "annotation"},
	{"evaluations.", "", "evaluation"},
	{"trace.annotations.", "trace", "annotation"},
	{"trace.evaluations.", "trace", "evaluation"},
	{"session.annotations.", "session", "annotation"},
	{"session.evaluations.", "session", "evaluation"},
}

// resultField reads the name of an attribute, such as
// trace.annotations.0.annotation.score.
func resultField(name string) (key resultKey, field string, ok bool) {
	for i := range resultForms {
		f := &resultForms[i]
		rest, ok := strings.CutPrefix(name, f.prefix)
		if !ok {
			continue
		}
		digits, rest, _ := strings.Cut(rest, ".")
		index, err := strconv.ParseUint(digits, 10, 31)
		form, field, _ := strings.Cut(rest, ".")
		return resultKey{f.scope, f.form, int(index)}, field, err == nil && form == f.form && isResultField(field)
	}
	return key, "", false
}

func isResultField(name string) bool {
	switch name {
	case "name", "score", "label", "explanation", "annotator_kind", "identifier":
		return true
	}
	return false
}

// repeats reports whether an evaluation says what an annotation of the same span
// says: a producer may write one judgement in both forms.
func (r *result) repeats(all []result) bool {
	if r.form != "evaluation" {
		return false
	}
	for i := range all {
		if o := &all[i]; o.form == "annotation" && o.scope == r.scope && o.Equal(r.Map) {
			return true
		}
	}
	return false
}

// feedbackOn is the judgement as feedback.
func (r *result) feedbackOn(span ptrace.Span) *capture.Feedback {
	f := &capture.Feedback{}
	own := targetOf(span)
	f.Target, f.Surface = subjectOf(span), "otlp"
	f.Time = instantOf(span.EndTimestamp())
	linked := f.Target != own
	if r.scope != "" {
		// Of a session Heed knows its traces: this is the one that the span stands
		// in or links to.
		f.SpanID = ""
		if !linked {
			own.SpanID = "" // repeated on the trace's other spans it is still one
		}
	}
	name := r.label("name")
	rating.Rating{Name: name, Number: r.signed("score"), Word: r.label("label")}.Apply(&f.Edit)
	if why := r.whole("explanation"); why != "" {
		f.Comment, f.Edit.Comment = privacy.NewRaw(why), heed.Value(struct{}{})
	}
	if identifier := r.text("identifier"); identifier != "" {
		f.Identity = []string{"annotation", r.scope, f.TraceID, f.SpanID, name, identifier}
	} else {
		f.Identity = []string{"annotation", r.scope, f.TraceID, f.SpanID, name, own.TraceID, own.SpanID, r.form, strconv.Itoa(r.index)}
	}
	return f
}

// targetOf is the span itself as what feedback is about.
func targetOf(span ptrace.Span) heed.Target {
	return heed.Target{TraceID: traceOf(span.TraceID()), SpanID: spanOf(span.SpanID())}
}

// subjectOf is what the feedback on a span is about. A span that ended cannot be
// written on any more: what is said of it later stands on another that links to
// it, and to nothing else. Calls to models and agents carry nothing for others.
func subjectOf(span ptrace.Span) heed.Target {
	if span.Links().Len() == 1 {
		a := attributes{span.Attributes()}
		if f := familyOf(a); f == nil || !f.infers(a) && !f.agents(a) {
			link := span.Links().At(0)
			return heed.Target{TraceID: traceOf(link.TraceID()), SpanID: spanOf(link.SpanID())}
		}
	}
	return targetOf(span)
}

// refusals counts what a request holds that cannot be taken, with the reason for
// the first of it.
type refusals struct {
	n   int
	why string
}

func (r *refusals) add(n int, why string) {
	if n > 0 && r.n == 0 {
		r.why = why
	}
	r.n += n
}
