// Package native is Heed's own way in: the JSON API for feedback, events and
// tokens.
package native

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
)

// Bounds of what one request may hold, before and after decompression.
const (
	MaxFeedbackBytes = 128 << 10 // two texts of 8,000 characters, escaped, and room
	MaxEventsBytes   = 16 << 20
	MaxEvents        = 10_000

	// A page, which anybody can be, has less to tell than a server.
	MaxPageEventsBytes = 1 << 20
	MaxPageEvents      = 1_000
)

// API serves the JSON API.
type API struct {
	door   *access.Door
	intake *capture.Intake
}

// New makes the API.
func New(door *access.Door, intake *capture.Intake) *API {
	return &API{door: door, intake: intake}
}

// readJSON reads the body of a request that must be JSON, whatever label the
// usual senders put on it: sendBeacon says text/plain, and curl says form
// unless told otherwise.
func readJSON(w http.ResponseWriter, r *http.Request, maxBytes int64) ([]byte, error) {
	if sent := r.Header.Get("Content-Type"); sent != "" {
		media, _, err := mime.ParseMediaType(sent)
		switch {
		case err == nil && (media == "application/json" || strings.HasSuffix(media, "+json")):
		case media == "text/plain" || media == "application/x-www-form-urlencoded":
		default:
			return nil, heed.Errorf(heed.Unsupported, "Content-Type must be application/json, or text/plain that holds JSON")
		}
	}
	return capture.ReadBody(w, r, maxBytes)
}

func (a *API) postFeedback(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.Admit(r)
	if err != nil {
		return nil, err
	}
	body, err := readJSON(w, r, MaxFeedbackBytes)
	if err != nil {
		return nil, err
	}
	o, err := fields.Parse(body)
	if err != nil {
		return nil, err
	}
	feedback := decodeFeedback(o)
	if err := o.Err(); err != nil {
		return nil, inBody(err)
	}
	if feedback.SaysNothing() {
		// Of one click that means a name is misspelt; a batch may well hold some.
		return nil, heed.InvalidField("body.vote", "is missing, and nothing else is said: give a vote, score, tags, comment, correction or preferred_over")
	}
	answer, replayed, err := a.intake.Accept(r.Context(), who, callOf(r, body), []capture.Item{{Feedback: feedback}}, oneFeedback)
	if err != nil {
		return nil, inBody(err)
	}
	markReplay(w, replayed)
	return json.RawMessage(answer), nil
}

func (a *API) deleteFeedback(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.Admit(r)
	if err != nil {
		return nil, err
	}
	retraction := &capture.Feedback{Retract: true}
	retraction.ID = heed.FeedbackID(r.PathValue("id"))
	answer, _, err := a.intake.Accept(r.Context(), who, capture.Call{}, []capture.Item{{Feedback: retraction}}, oneFeedback)
	return json.RawMessage(answer), err
}

// oneFeedback answers with the state of the one feedback a call was about.
func oneFeedback(outcomes []capture.Outcome) (any, error) {
	if err := outcomes[0].Err; err != nil {
		return nil, err
	}
	return answerOf(outcomes[0].Feedback), nil
}

func (a *API) postEvents(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.Admit(r)
	if err != nil {
		return nil, err
	}
	mostBytes, mostEvents := int64(MaxEventsBytes), MaxEvents
	if who.Trust != heed.TrustServer {
		mostBytes, mostEvents = MaxPageEventsBytes, MaxPageEvents
	}
	body, err := readJSON(w, r, mostBytes)
	if err != nil {
		return nil, err
	}
	texts, err := fields.List(body, "events", mostEvents)
	if err != nil {
		return nil, err
	}
	if err := a.door.Charge(who, len(texts)); err != nil {
		return nil, err
	}
	decoded := make([]capture.Item, 0, len(texts))
	places := make([]int, 0, len(texts)) // of each decoded item among the texts
	rejected := make([]Rejection, 0)
	for i, text := range texts {
		item, err := decodeEvent(text)
		if err != nil {
			rejected = append(rejected, rejectionOf(i, err))
			continue
		}
		decoded, places = append(decoded, item), append(places, i)
	}
	answer, replayed, err := a.intake.Accept(r.Context(), who, callOf(r, body), decoded, func(outcomes []capture.Outcome) (any, error) {
		return summaryOf(rejected, places, outcomes), nil
	})
	if err != nil {
		return nil, err
	}
	markReplay(w, replayed)
	return json.RawMessage(answer), nil
}

// callOf is what makes a request repeatable.
func callOf(r *http.Request, body []byte) capture.Call {
	return capture.Call{Key: r.Header.Get("Idempotency-Key"), Path: r.URL.Path, Body: body}
}

func markReplay(w http.ResponseWriter, replayed bool) {
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
}

// inBody says of every wrong field that it was in the body.
func inBody(err error) error {
	e, ok := err.(*heed.Error)
	if !ok || e.Code != heed.Invalid {
		return err
	}
	located := *e
	located.Fields = make([]heed.FieldError, 0, len(e.Fields))
	for _, f := range e.Fields {
		if !strings.HasPrefix(f.Location, "body") && !strings.HasPrefix(f.Location, "header") {
			f.Location = "body." + f.Location
		}
		located.Fields = append(located.Fields, f)
	}
	return &located
}
