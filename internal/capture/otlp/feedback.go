package otlp

import (
	"crypto/sha256"
	"encoding/hex"
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

// feedbackIn is the feedback that a span tells of by its events.
func feedbackIn(span ptrace.Span) []capture.Item {
	var items []capture.Item
	for _, event := range span.Events().All() {
		if event.Name() != evaluationResult && event.Name() != userFeedback {
			continue
		}
		target := heed.Target{TraceID: traceOf(span.TraceID()), SpanID: spanOf(span.SpanID())}
		if f, ok := feedbackOf(attributes{event.Attributes()}, target, instantOf(event.Timestamp())); ok {
			items = append(items, capture.Item{Feedback: f})
		}
	}
	return items
}

// feedbackOfRecord is the feedback that a log record tells of; false if it
// tells of something else.
func feedbackOfRecord(record plog.LogRecord) (*capture.Feedback, bool) {
	a := attributes{record.Attributes()}
	name := either(record.EventName(), a.text("event.name"))
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
	f := &capture.Feedback{User: privacy.NewRaw(a.text("user.id", "enduser.id"))}
	f.Target, f.Time, f.Surface = target, at, "otlp"
	if id := a.label("gen_ai.response.id"); id != "" {
		f.ResponseID = heed.ResponseID(id)
	}
	name := a.label("gen_ai.evaluation.name")
	value := a.number("gen_ai.evaluation.score.value", "gen_ai.evaluation.score")
	rating.Rating{
		Name: either(name, "user_feedback"), Number: value, Word: a.label("gen_ai.evaluation.score.label"),
		Min: a.number("gen_ai.evaluation.min_value"), Max: a.number("gen_ai.evaluation.max_value"),
	}.Apply(&f.Edit)
	if vote, ok := passOrFail(a.text("gen_ai.evaluation.score.label")); ok {
		f.Vote, f.Score, f.Tags = heed.Value(vote), heed.Null[heed.Score](), heed.Field[[]string]{}
	}
	if why := a.text("gen_ai.evaluation.explanation"); why != "" {
		f.Comment, f.Edit.Comment = privacy.NewRaw(why), heed.Value(struct{}{})
	}
	if f.User.IsZero() {
		// Sent again it is the same feedback, as exporters do.
		f.ID = idOf(target, string(f.ResponseID), name, at)
	}
	return f, true
}

// passOrFail reads the labels that Microsoft Foundry gives a person's thumbs.
func passOrFail(label string) (heed.Vote, bool) {
	switch strings.ToLower(label) {
	case "pass":
		return heed.VoteUp, true
	case "fail":
		return heed.VoteDown, true
	}
	return "", false
}

func idOf(target heed.Target, response, name string, at time.Time) heed.FeedbackID {
	hash := sha256.Sum256([]byte(strings.Join([]string{target.TraceID, target.SpanID, response, name, at.UTC().Format(time.RFC3339Nano)}, "\x00")))
	return heed.FeedbackID("fb_" + hex.EncodeToString(hash[:16]))
}
