package langfuse

import (
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
)

// event is one entry of a batch: what it says, or why it is refused. One that
// says nothing that Heed keeps, such as a span, is neither.
type event struct {
	id  string
	err error

	generation *generation
	trace      *trace
	score      *capture.Feedback
	digest     digest // of a score
}

// maxEventIDBytes bounds an event's id, which is only sent back.
const maxEventIDBytes = 800

// decodeEvent reads one entry of a batch. now is when it was received.
func decodeEvent(text []byte, now time.Time) event {
	o, err := fields.Parse(text)
	if err != nil {
		return event{err: err}
	}
	var ev event
	if ev.id = o.String("id"); ev.id == "" || len(ev.id) > maxEventIDBytes {
		ev.id = ""
		o.Fail("id", "must be a string of 1 to 800 bytes")
	}
	sent := instant(o, "timestamp", now)
	kind := o.String("type")
	if !o.Has("body") {
		o.Fail("body", "is missing")
	}
	body := o.Object("body")
	if o.Err() == nil {
		ev.decodeBody(o, kind, body, sent, now)
	}
	ev.err = o.Err()
	return ev
}

func (ev *event) decodeBody(o *fields.Object, kind string, body *fields.Object, sent, now time.Time) {
	switch kind {
	case "trace-create":
		ev.trace = decodeTrace(body, sent, now)
	case "generation-create", "generation-update":
		ev.generation = decodeGeneration(body, ev.id, kind == "generation-update", sent, now)
	case "observation-create", "observation-update":
		if strings.EqualFold(body.String("type"), "GENERATION") {
			ev.generation = decodeGeneration(body, ev.id, kind == "observation-update", sent, now)
		}
	case "score-create":
		ev.score = decodeScore(body, ev.id)
		ev.score.Time = sent
	case "span-create", "span-update", "event-create", "sdk-log", "agent-create", "tool-create", "chain-create",
		"retriever-create", "evaluator-create", "embedding-create", "guardrail-create":
		// Steps on the way to an answer, which nobody rates.
	default:
		o.Fail("type", "is none that Heed knows")
	}
}

// refuse notes why an event was not taken. The first reason stands.
func (ev *event) refuse(err error) {
	if ev.err == nil {
		ev.err = err
	}
}

// describes refuses an event that tells of a response.
func (ev *event) describes(err error) {
	if ev.generation != nil || ev.trace != nil {
		ev.refuse(err)
	}
}

// instant reads a time that Heed could store.
func instant(o *fields.Object, name string, now time.Time) time.Time {
	t := o.Time(name)
	probe := heed.Response{ID: "-", Time: t}
	if err, ok := probe.Validate(now).(*heed.Error); ok {
		o.Fail(name, err.Fields[0].Message)
		return time.Time{}
	}
	return t
}

// names are the fields of Langfuse by those of Heed that they become.
var names = map[string]string{
	"response_id": "body.id", "trace_id": "body.traceId", "span_id": "body.observationId", "conversation_id": "body.sessionId",
	"time": "timestamp", "model": "body.model", "provider": "body.metadata.ls_provider", "prompt_name": "body.promptName",
	"prompt_version": "body.promptVersion", "feature": "body.name", "release": "body.release", "environment": "body.environment",
	"error_code": "body.statusMessage", "duration_ms": "body.endTime", "ttft_ms": "body.completionStartTime",
	"input_tokens": "body.usage", "output_tokens": "body.usage", "cached_tokens": "body.usage", "reasoning_tokens": "body.usage",
	"cost_usd": "body.costDetails", "score": "body.value", "tags": "body.value", "comment": "body.comment", "correction": "body.value",
}

// named says what is wrong in the sender's words.
func named(err error) error { return fields.Renamed(err, names) }
