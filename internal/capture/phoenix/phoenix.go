// Package phoenix is the way in for the annotations that clients made for Arize
// Phoenix write on spans and traces. Their spans come in by otlp.
package phoenix

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/capture/rating"
	"github.com/heed-ai/heed/internal/rest"
)

// Bounds of one request. The client for Python sends a hundred annotations at
// once.
const (
	maxBodyBytes   = 4 << 20
	maxAnnotations = 1000
)

// surface is where feedback says that it was given.
const surface = "phoenix"

// API serves the endpoints of Phoenix that its clients annotate with.
type API struct {
	door   *access.Door
	intake *capture.Intake
}

// New makes the API.
func New(door *access.Door, intake *capture.Intake) *API { return &API{door: door, intake: intake} }

// Register adds the endpoints to mux.
func (a *API) Register(mux *http.ServeMux) {
	for path, target := range map[string]string{"/v1/span_annotations": "span_id", "/v1/trace_annotations": "trace_id"} {
		mux.HandleFunc("POST "+path, rest.Foreign(http.StatusOK, func(w http.ResponseWriter, r *http.Request) (any, error) {
			return a.annotate(w, r, target)
		}, refusalOf))
	}
}

// refusal is how Phoenix says that a call was not taken.
type refusal struct {
	Detail string `json:"detail"`
}

func refusalOf(p *rest.Problem) any { return refusal{p.Detail} }

type answer struct {
	Data []annotated `json:"data"`
}

type annotated struct {
	ID string `json:"id"`
}

// annotate takes all annotations of a request or, where one of them is wrong, none:
// Phoenix's answer has no place for less.
func (a *API) annotate(w http.ResponseWriter, r *http.Request, target string) (any, error) {
	who, err := a.door.AdmitKey(r, r.Header.Get("Api_key"))
	if err == nil {
		// Who knows a span could write over what others said of it.
		err = who.MayDescribe()
	}
	if err != nil {
		return nil, err
	}
	body, err := capture.ReadBody(w, r, maxBodyBytes)
	if err != nil {
		return nil, err
	}
	items, err := decode(body, target)
	if err != nil {
		return nil, err
	}
	said := answer{Data: []annotated{}}
	_, _, err = a.intake.Accept(r.Context(), who, capture.Call{}, items, func(outcomes []capture.Outcome) (any, error) {
		for i, o := range outcomes {
			if o.Err != nil {
				return nil, at(i, o.Err)
			}
			said.Data = append(said.Data, annotated{string(o.Feedback.ID)})
		}
		return nil, nil
	})
	return said, err
}

// names are the fields of Phoenix by those of Heed that they become.
var names = map[string]string{"tags": "name", "comment": "result.explanation"}

// decode reads the annotations of a request.
func decode(body []byte, target string) ([]capture.Item, error) {
	list, err := fields.List(body, "data", maxAnnotations)
	if err != nil {
		return nil, err
	}
	items := make([]capture.Item, 0, len(list))
	for i, text := range list {
		o, err := fields.Parse(text)
		if err != nil {
			return nil, at(i, err)
		}
		feedback := decodeOne(o, target)
		if err := o.Err(); err != nil {
			return nil, at(i, err)
		}
		items = append(items, capture.Item{Feedback: feedback})
	}
	return items, nil
}

// at says of an error in which of the annotations it is.
func at(i int, err error) error {
	e, ok := fields.Renamed(err, names).(*heed.Error)
	if !ok || e.Code != heed.Invalid || len(e.Fields) == 0 {
		return err
	}
	first := e.Fields[0]
	return heed.InvalidField(fmt.Sprintf("data.%d.%s", i, first.Location), first.Message)
}

// decodeOne reads an annotation. What makes it the same one, when it comes again, is
// what it is about, its name and its identifier.
func decodeOne(o *fields.Object, target string) *capture.Feedback {
	f := &capture.Feedback{}
	f.Surface = surface
	id, name, identifier := strings.ToLower(strings.TrimSpace(o.Short(target))), o.Short("name"), o.Short("identifier")
	if id == "" {
		o.Fail(target, "is missing")
	}
	if name == "" {
		o.Fail("name", "is missing")
	}
	if target == "span_id" {
		f.SpanID = id
	} else {
		f.TraceID = id
	}
	if kind := o.String("annotator_kind"); kind != "HUMAN" {
		o.Fail("annotator_kind", "is not HUMAN: Heed keeps what people say, and what a model or a program judged would count as theirs")
	}
	f.Identity = []string{"phoenix", target, id, name, identifier}
	result := o.Object("result")
	r := rating.Rating{Name: name, Number: result.Number("score"), Word: result.String("label")}
	if !result.Has("score") && strings.TrimSpace(r.Word) == "" && !result.Has("explanation") {
		o.Fail("result", "needs a score, a label or an explanation")
	}
	// Written again, an annotation is what it says now.
	f.Edit.Comment = heed.Null[struct{}]()
	if result.Has("explanation") {
		f.Comment, f.Edit.Comment = result.Raw("explanation"), heed.Value(struct{}{})
	}
	f.Vote, f.Score, f.Tags = heed.Null[heed.Vote](), heed.Null[heed.Score](), heed.Null[[]string]()
	if o.Err() == nil {
		r.Apply(&f.Edit)
	}
	return f
}
