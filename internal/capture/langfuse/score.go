package langfuse

import (
	"net/http"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/capture/rating"
	"github.com/heed-ai/heed/internal/privacy"
)

// surface is where feedback says that it was given.
const surface = "langfuse"

// decodeScore reads a score. One without an id has fallback for it, which may be
// empty.
func decodeScore(o *fields.Object, fallback string) *capture.Feedback {
	f := &capture.Feedback{}
	id := o.String("id")
	o.Bound("id", id)
	if id == "" {
		id = fallback
	}
	f.ID = capture.FeedbackIDOf(id)
	f.Surface = surface
	f.Target = heed.Target{TraceID: o.String("traceId"), SpanID: o.String("observationId")}
	o.Bound("traceId", f.TraceID)
	o.Bound("observationId", f.SpanID)
	switch {
	case f.SpanID != "" && f.SpanID == f.TraceID:
		// The trace's root, which has the trace's id with LangChain, is rated for
		// what came out of the trace.
		f.SpanID = ""
	case f.TraceID == "" && f.SpanID == "":
		o.Fail("traceId", "is missing: Heed keeps scores of traces and observations, not of sessions or dataset runs")
	case f.TraceID == "":
		// A generation is known by its id alone too.
		f.Target = heed.Target{ResponseID: heed.ResponseID(f.SpanID)}
	}
	if o.Has("comment") {
		f.Comment, f.Edit.Comment = o.Raw("comment"), heed.Value(struct{}{})
	}
	decodeValue(o, f)
	return f
}

// decodeValue reads what a score says. Without a type, a number is one and a
// string is a category.
func decodeValue(o *fields.Object, f *capture.Feedback) {
	r := rating.Rating{Name: o.String("name")}
	if r.Name == "" {
		o.Fail("name", "is missing")
	}
	text := o.Text("value")
	isText := len(text) > 0 && text[0] == '"'
	kind := strings.ToUpper(o.String("dataType"))
	if kind == "" && isText {
		kind = "CATEGORICAL"
	}
	switch kind {
	case "", "NUMERIC":
		r.Number = o.Number("value")
		r.Min, r.Max = scaleOf(o)
	case "BOOLEAN":
		r.Number, r.YesNo = yesOrNo(o), true
	case "CATEGORICAL":
		r.Word = o.String("value")
	case "TEXT":
		f.Comment = privacy.NewRaw(strings.TrimSpace(o.String("value") + "\n" + o.String("comment")))
		f.Edit.Comment = heed.Value(struct{}{})
	case "CORRECTION":
		f.Correction, f.Edit.Correction = o.Raw("value"), heed.Value(struct{}{})
	default:
		o.Fail("dataType", "must be one of: NUMERIC, CATEGORICAL, BOOLEAN, CORRECTION, TEXT")
	}
	if !o.Has("value") {
		o.Fail("value", "is missing")
	}
	if o.Err() == nil && kind != "CORRECTION" {
		r.Apply(&f.Edit)
	}
}

// yesOrNo reads 1 or 0, which some clients send as true or false.
func yesOrNo(o *fields.Object) *float64 {
	n := new(float64)
	switch string(o.Text("value")) {
	case "true":
		*n = 1
	case "false":
	default:
		if n = o.Number("value"); n != nil && *n != 0 && *n != 1 {
			o.Fail("value", "must be 0 or 1")
		}
	}
	return n
}

// scaleOf reads the scale of a number where the score's metadata has one as min
// and max.
func scaleOf(o *fields.Object) (low, high *float64) {
	if text := o.Text("metadata"); len(text) == 0 || text[0] != '{' {
		return nil, nil
	}
	metadata := o.Object("metadata")
	for _, name := range []string{"min", "max"} {
		if text := metadata.Text(name); len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
			return nil, nil
		}
	}
	return metadata.Number("min"), metadata.Number("max")
}

type scoreAnswer struct {
	ID string `json:"id"`
}

func (a *API) postScore(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.AdmitPair(r)
	if err != nil {
		return nil, err
	}
	body, err := capture.ReadBody(w, r, MaxScoreBytes)
	if err != nil {
		return nil, err
	}
	o, err := fields.Parse(body)
	if err != nil {
		return nil, err
	}
	id := o.String("id")
	feedback := decodeScore(o, "")
	if err := o.Err(); err != nil {
		return nil, err
	}
	answer := scoreAnswer{ID: id}
	_, _, err = a.intake.Accept(r.Context(), who, capture.Call{}, []capture.Item{{Feedback: feedback}}, func(outcomes []capture.Outcome) (any, error) {
		if err := outcomes[0].Err; err != nil {
			return nil, err
		}
		if answer.ID == "" {
			answer.ID = string(outcomes[0].Feedback.ID)
		}
		return answer, nil
	})
	return answer, named(err)
}

func (a *API) deleteScore(_ http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.AdmitPair(r)
	if err != nil {
		return nil, err
	}
	retraction := &capture.Feedback{Retract: true}
	retraction.ID = capture.FeedbackIDOf(r.PathValue("id"))
	_, _, err = a.intake.Accept(r.Context(), who, capture.Call{}, []capture.Item{{Feedback: retraction}},
		func(outcomes []capture.Outcome) (any, error) { return nil, outcomes[0].Err })
	return refusal{Message: "the score is taken back"}, err
}
