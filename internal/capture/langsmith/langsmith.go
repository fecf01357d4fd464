// Package langsmith is the way in for the feedback that clients made for
// LangSmith send. Their runs it does not take.
package langsmith

import (
	"net/http"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/capture/rating"
	"github.com/heed-ai/heed/internal/rest"
)

// maxBodyBytes bounds a feedback: two texts of 8,000 characters, escaped, and
// room.
const maxBodyBytes = 128 << 10

// surface is where feedback says that it was given.
const surface = "langsmith"

// API serves the endpoints of LangSmith that its clients give feedback to.
type API struct {
	door   *access.Door
	intake *capture.Intake
}

// New makes the API.
func New(door *access.Door, intake *capture.Intake) *API { return &API{door: door, intake: intake} }

// Register adds the endpoints to mux.
func (a *API) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /info", rest.Foreign(http.StatusOK, getInfo, refusalOf))
	mux.HandleFunc("POST /feedback", rest.Foreign(http.StatusOK, a.postFeedback, refusalOf))
	mux.HandleFunc("DELETE /feedback/{id}", rest.Foreign(http.StatusOK, a.deleteFeedback, refusalOf))
}

// getInfo answers what clients ask before anything else. What a server does not
// name there it cannot do.
func getInfo(http.ResponseWriter, *http.Request) (any, error) { return struct{}{}, nil }

// refusal is how LangSmith says that a call was not taken.
type refusal struct {
	Detail string `json:"detail"`
}

func refusalOf(p *rest.Problem) any { return refusal{p.Detail} }

type answer struct {
	ID string `json:"id,omitempty"`
}

func (a *API) postFeedback(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.admit(r)
	if err != nil {
		return nil, err
	}
	body, err := capture.ReadBody(w, r, maxBodyBytes)
	if err != nil {
		return nil, err
	}
	o, err := fields.Parse(body)
	if err != nil {
		return nil, err
	}
	id, feedback := o.String("id"), decode(o)
	if err := o.Err(); err != nil {
		return nil, err
	}
	_, _, err = a.intake.Accept(r.Context(), who, capture.Call{}, []capture.Item{{Feedback: feedback}},
		func(outcomes []capture.Outcome) (any, error) {
			if err := outcomes[0].Err; err != nil {
				return nil, err
			}
			if id == "" {
				id = string(outcomes[0].Feedback.ID)
			}
			return nil, nil
		})
	return answer{id}, fields.Renamed(err, names)
}

// names are the fields of LangSmith by those of Heed that they become.
var names = map[string]string{"response_id": "run_id", "time": "created_at", "tags": "value"}

func (a *API) deleteFeedback(_ http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.admit(r)
	if err != nil {
		return nil, err
	}
	retraction := &capture.Feedback{Retract: true}
	retraction.ID = capture.FeedbackIDOf(r.PathValue("id"))
	_, _, err = a.intake.Accept(r.Context(), who, capture.Call{}, []capture.Item{{Feedback: retraction}},
		func(outcomes []capture.Outcome) (any, error) { return nil, outcomes[0].Err })
	return answer{}, err
}

func (a *API) admit(r *http.Request) (access.Principal, error) {
	return a.door.AdmitKey(r, r.Header.Get("X-Api-Key"))
}

// decode reads a feedback. A run is known by its id as a response, and a trace
// counts where no run is named.
func decode(o *fields.Object) *capture.Feedback {
	f := &capture.Feedback{}
	f.ID = capture.FeedbackIDOf(o.Short("id"))
	f.Surface = surface
	f.Time = o.Time("created_at")
	f.Target = heed.Target{ResponseID: heed.ResponseID(o.Short("run_id")), TraceID: o.Short("trace_id")}
	if f.ResponseID == "" && f.TraceID == "" {
		o.Fail("run_id", "is missing: Heed keeps feedback on runs and traces, not on projects")
	}
	if source := o.Object("feedback_source"); source.String("type") == "model" {
		source.Fail("type", "is model: Heed keeps what people say, and a model's word would count as theirs")
	}
	if o.Has("comment") {
		f.Comment, f.Edit.Comment = o.Raw("comment"), heed.Value(struct{}{})
	}
	if o.Has("correction") {
		f.Correction, f.Edit.Correction = o.Content("correction"), heed.Value(struct{}{})
	}
	said := ratingOf(o)
	if o.Err() == nil {
		said.Apply(&f.Edit)
	}
	return f
}

// ratingOf reads the key with its score, which is a number or a yes or no, or
// else with its value, which is a number or a word.
func ratingOf(o *fields.Object) rating.Rating {
	config := o.Object("feedback_config")
	if !o.Has("feedback_config") {
		config = o.Object("feedbackConfig") // as the client for JavaScript calls it
	}
	r := rating.Rating{Name: o.String("key"), Min: config.Number("min"), Max: config.Number("max")}
	if r.Name == "" {
		o.Fail("key", "is missing")
	}
	name := "score"
	if !o.Has(name) {
		name = "value"
	}
	switch text := o.Text(name); {
	case len(text) == 0, text[0] == '{', text[0] == '[':
	case text[0] == '"':
		r.Word = o.String(name)
	case text[0] == 't' || text[0] == 'f':
		r.YesNo, r.Number = true, new(float64)
		if text[0] == 't' {
			*r.Number = 1
		}
	default:
		r.Number = o.Number(name)
	}
	return r
}
