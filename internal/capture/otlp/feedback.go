package otlp

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/rating"
	"github.com/heed-ai/heed/internal/privacy"
)

// Names of events that hold what somebody said of an answer.
const (
	evaluationResult = "gen_ai.evaluation.result"
	userFeedback     = "gen_ai.evaluation.user_feedback" // before it
)

// feedbackIn is the feedback that a span tells of, by its events and by its
// annotations.
func feedbackIn(span ptrace.Span) (items []capture.Item, lost refusals) {
	for _, event := range span.Events().All() {
		if event.Name() != evaluationResult && event.Name() != userFeedback {
			continue
		}
		if f, ok := feedbackOf(attributes{event.Attributes()}, subjectOf(span), instantOf(event.Timestamp())); ok {
			items = append(items, capture.Item{Feedback: f})
		}
	}
	annotations, lost := annotationsIn(span)
	return append(items, annotations...), lost
}

// feedbackOfRecord is the feedback that a log record tells of; false if it
// tells of something else.
func feedbackOfRecord(record plog.LogRecord) (*capture.Feedback, bool) {
	a := attributes{record.Attributes()}
	name := either(record.EventName(), a.text("event.name", "microsoft.custom_event.name"))
	if name != evaluationResult && name != userFeedback {
		return nil, false
	}
	at := instantOf(record.Timestamp())
	if at.IsZero() {
		at = instantOf(record.ObservedTimestamp())
	}
	return feedbackOf(a, heed.Target{TraceID: traceOf(record.TraceID()), SpanID: spanOf(record.SpanID())}, at)
}

// feedbackOf reads an evaluation that a person made. What a model or a program
// judged is not what people say.
func feedbackOf(a attributes, target heed.Target, at time.Time) (*capture.Feedback, bool) {
	switch strings.ToUpper(a.text("annotator_kind", "openinference.annotator_kind", "gen_ai.evaluation.annotator_kind")) {
	case "LLM", "CODE":
		return nil, false
	}
	if a.text("heed.feedback.id") != "" {
		return nil, false // a Heed tells what it has, perhaps this one
	}
	within := foundryOf(a)
	if within.byMachine() {
		return nil, false
	}
	f := &capture.Feedback{User: privacy.NewRaw(a.text("user.id", "enduser.id", "enduser.pseudo.id"))}
	f.Target, f.Time, f.Surface = target, at, "otlp"
	if id := a.label("gen_ai.response.id"); id != "" {
		f.ResponseID = heed.ResponseID(id)
	}
	name := a.label("gen_ai.evaluation.name")
	r := rating.Rating{
		Name: either(name, "user_feedback"), Number: a.signed("gen_ai.evaluation.score.value", "gen_ai.evaluation.score"), Word: a.label("gen_ai.evaluation.score.label"),
		Min: either(a.signed("gen_ai.evaluation.min_value"), within.min), Max: either(a.signed("gen_ai.evaluation.max_value"), within.max),
	}
	if vote, ok := within.vote(r); ok {
		f.Vote, f.Score = heed.Value(vote), heed.Null[heed.Score]()
	} else {
		r.Apply(&f.Edit)
	}
	if why := a.whole("gen_ai.evaluation.explanation"); why != "" {
		f.Comment, f.Edit.Comment = privacy.NewRaw(why), heed.Value(struct{}{})
	}
	if f.User.IsZero() {
		// Sent again it is the same feedback, as exporters do.
		which := either(either(a.text("identifier"), within.id), at.UTC().Format(time.RFC3339Nano))
		f.Identity = []string{"evaluation", target.TraceID, target.SpanID, string(f.ResponseID), name, which}
	}
	return f, true
}
