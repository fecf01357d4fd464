// Package followup tells the people who gave feedback what became of it. They
// are known by what they hold: the token of their answer, or the id that their
// browser gave their feedback. Nobody's address is needed.
package followup

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/review"
)

// most bounds how much feedback one call may ask for.
const most = 20

// maxBytes bounds a body: ids of at most 256 bytes.
const maxBytes = 16 << 10

// To find a feedback takes a question to the store, which looks through all of them,
// to find its findings takes another, and whoever sees a page may ask. So it is done
// for few at once, lest there be no room for anything else; who finds none waits for
// a while.
const (
	atOnce   = 2
	patience = 3 * time.Second
)

// API answers what became of feedback.
type API struct {
	door   *access.Door
	intake *capture.Intake
	teller *review.Teller
	room   chan struct{}
}

// New makes an API.
func New(door *access.Door, intake *capture.Intake, teller *review.Teller) *API {
	return &API{door, intake, teller, make(chan struct{}, atOnce)}
}

// Register adds the endpoint to api.
func (a *API) Register(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "follow-up", Method: http.MethodPost, Path: "/v1/followups", Tag: "Writing",
		Summary: "What became of feedback, for whoever gave it",
		Description: "Of feedback by id, 20 at most; with a feedback token by response: of its own, which need not be named, and of others that the same person rated, " +
			"if it names one. A publishable key learns of what came by publishable keys alone. What is not there, or is somebody else's, is left out. Of a finding they learn how far it has come and the sentence that " +
			"was written for them, and nothing before there is one.",
		Credentials: []rest.Credential{rest.SecretKey, rest.FeedbackToken, rest.PublishableKey},
		Body:        Body{}, Status: http.StatusOK, Answer: List{}, Serve: a.post,
	})
}

// Body is what POST /v1/followups takes.
type Body struct {
	Feedback  []heed.FeedbackID `json:"feedback,omitempty" maxItems:"20" doc:"With a key."`
	Responses []heed.ResponseID `json:"responses,omitempty" maxItems:"20" doc:"With a feedback token; absent: its own."`
	Shown     bool              `json:"shown,omitempty" doc:"Say so when the person has it before their eyes: it is counted, once."`
}

// List is what became of each feedback that could be told of, in the order asked
// for.
type List struct {
	Items []heed.FollowUp `json:"items"`
}

func (a *API) post(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.Admit(r)
	if err != nil {
		return nil, err
	}
	var in Body
	body, err := capture.ReadBody(w, r, maxBytes)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, heed.Wrap(heed.Invalid, err, "the body must be JSON such as {\"feedback\": [\"fb_…\"]}")
	}
	var told []heed.FollowUp
	if who.Token != nil {
		told, err = a.ofPerson(r.Context(), who, in.Responses)
	} else {
		told, err = a.ofFeedback(r.Context(), who, in.Feedback)
	}
	if err != nil {
		return nil, err
	}
	for _, one := range told {
		if in.Shown {
			if err := a.teller.Shown(r.Context(), who.Project, one, time.Now()); err != nil {
				return nil, err
			}
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return List{told}, nil
}

// Of tells what became of what was given by a token; false where nothing was.
func (a *API) Of(ctx context.Context, who access.Principal) (heed.FollowUp, bool, error) {
	told, err := a.ofPerson(ctx, who, nil)
	if err != nil || len(told) == 0 {
		return heed.FollowUp{}, false, err
	}
	return told[0], true, nil
}

func (a *API) ofPerson(ctx context.Context, who access.Principal, responses []heed.ResponseID) ([]heed.FollowUp, error) {
	if len(responses) == 0 {
		responses = []heed.ResponseID{who.Token.ResponseID}
	}
	return tell(ctx, a, who, "body.responses", responses, a.intake.Given)
}

func (a *API) ofFeedback(ctx context.Context, who access.Principal, ids []heed.FeedbackID) ([]heed.FollowUp, error) {
	return tell(ctx, a, who, "body.feedback", ids, a.intake.Owned)
}

// tell finds what was given, each by its name, and tells what became of it.
func tell[Name heed.FeedbackID | heed.ResponseID](ctx context.Context, a *API, who access.Principal, field string, names []Name,
	find func(context.Context, access.Principal, Name) (heed.Feedback, error)) ([]heed.FollowUp, error) {
	if len(names) == 0 || len(names) > most {
		return nil, heed.InvalidField(field, "must have 1 to 20 ids")
	}
	for _, name := range names {
		if name == "" || len(name) > heed.MaxIDBytes {
			return nil, heed.InvalidField(field, "must have ids of 1 to 256 bytes")
		}
	}
	leave, err := a.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	var given []heed.Feedback
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		one, err := find(ctx, who, name)
		if code := heed.CodeOf(err); code == heed.NotFound || code == heed.Forbidden {
			continue
		}
		if err != nil {
			return nil, err
		}
		given = append(given, one)
	}
	return a.teller.FollowUps(ctx, who.Project, given, time.Now())
}

// enter waits for room to ask the store.
func (a *API) enter(ctx context.Context) (leave func(), err error) {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case a.room <- struct{}{}:
		return func() { <-a.room }, nil
	case <-wait.C:
		return nil, &heed.Error{Code: heed.Unavailable, RetryAfter: patience, Message: "many people ask at the moment what became of their feedback: ask again"}
	case <-ctx.Done():
		return nil, heed.Wrap(heed.Unavailable, ctx.Err(), "the request ended before it was known what became of the feedback: ask again")
	}
}
