package native

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

// Register adds the JSON API to api.
func (a *API) Register(api huma.API) {
	anyone := []rest.Credential{rest.SecretKey, rest.FeedbackToken, rest.PublishableKey}
	repeatable := rest.Repeatable()
	rest.Handle(api, rest.Endpoint{
		ID: "give-feedback", Method: http.MethodPost, Path: "/v1/feedback", Tag: "Writing",
		Summary: "Give, change or take back feedback",
		Description: "Durable before it is answered. The same id edits: an absent field stays, null clears. Without an id " +
			"one respondent has one feedback per response. Feedback on a response that has not arrived is kept, and binds when it does.",
		Credentials: anyone, Params: []rest.Param{repeatable},
		Body: FeedbackBody{}, Status: http.StatusCreated, Answer: FeedbackAnswer{}, Serve: a.postFeedback,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "retract-feedback", Method: http.MethodDelete, Path: "/v1/feedback/{id}", Tag: "Writing",
		Summary: "Retract feedback", Description: "Takes back vote, score, tags and texts.",
		Credentials: anyone, Params: []rest.Param{{Name: "id", In: "path", Description: "The feedback's id."}},
		Status: http.StatusOK, Answer: FeedbackAnswer{}, Serve: a.deleteFeedback,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "send-events", Method: http.MethodPost, Path: "/v1/events", Tag: "Writing",
		Summary: "Send up to 10,000 events",
		Description: "Every accepted event is durable and every rejected one is named; one bad event never costs a good one. " +
			"Fields that are not known are ignored. Publishable keys and tokens send feedback and signals only, 1,000 events and 1 MiB at a time. " +
			"A signal or change that is the same in every field, time included, as one that is there counts once: give it an id where it happened twice.",
		Credentials: anyone, Params: []rest.Param{repeatable},
		Body: EventsBody{}, Status: http.StatusOK, Answer: EventsAnswer{}, Serve: a.postEvents,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "mint-token", Method: http.MethodPost, Path: "/v1/tokens", Tag: "Writing",
		Summary:     "Mint a feedback token",
		Description: "A token lets whoever holds it rate one response. Applications can mint it by themselves, without a call.",
		Credentials: []rest.Credential{rest.SecretKey},
		Body:        TokenBody{}, Status: http.StatusCreated, Answer: TokenAnswer{}, Serve: a.postTokens,
	})
}

// FeedbackBody describes what POST /v1/feedback takes. Bodies are decoded field
// by field (see fields.Object); these types make the OpenAPI document.
type FeedbackBody struct {
	_ struct{} `additionalProperties:"true"`

	ID            string      `json:"id,omitempty" pattern:"^[A-Za-z0-9_-]{1,64}$" doc:"The same id edits the feedback. With a feedback token, which has one feedback on its response whatever the id, the id is the one in the answer."`
	ResponseID    string      `json:"response_id,omitempty" maxLength:"256" doc:"The response; or from the token; or name trace_id."`
	TraceID       string      `json:"trace_id,omitempty" maxLength:"256"`
	SpanID        string      `json:"span_id,omitempty" maxLength:"256"`
	Vote          heed.Vote   `json:"vote,omitempty" enum:"up,down,none" nullable:"true" doc:"none retracts the vote."`
	Score         *heed.Score `json:"score,omitempty"`
	Tags          []string    `json:"tags,omitempty" maxItems:"16" doc:"At most 64 bytes each; unknown tags are kept."`
	Comment       string      `json:"comment,omitempty" maxLength:"8000" nullable:"true"`
	Correction    string      `json:"correction,omitempty" maxLength:"8000" nullable:"true" doc:"What the answer should have been."`
	PreferredOver string      `json:"preferred_over,omitempty" maxLength:"256" nullable:"true"`
	User          string      `json:"user,omitempty" doc:"Becomes a pseudonym; never stored or returned."`
	Surface       string      `json:"surface,omitempty" maxLength:"64" doc:"Where it was given, such as web."`
	Time          time.Time   `json:"time,omitzero"`
}

// EventsBody describes what POST /v1/events takes.
type EventsBody struct {
	_ struct{} `additionalProperties:"true"`

	Events []EventBody `json:"events" maxItems:"10000"`
}

// EventBody describes one event: the fields that go with its type.
type EventBody struct {
	_ struct{} `additionalProperties:"true"`

	Type string `json:"type" enum:"response,feedback,signal,change"`
	FeedbackBody
	heed.Labels
	heed.Timing
	heed.Usage
	Status         heed.Status    `json:"status,omitempty" enum:"ok,error"`
	ErrorType      heed.ErrorType `json:"error_type,omitempty" enum:"timeout,connection,cancelled,auth,permission,not_found,invalid_request,context_length,content_filter,rate_limit,quota,overloaded,server_error,stream_interrupted,tool_error,guardrail,unknown"`
	ErrorCode      string         `json:"error_code,omitempty" maxLength:"256" doc:"As the provider sent it."`
	FinishReason   string         `json:"finish_reason,omitempty" maxLength:"256"`
	ConversationID string         `json:"conversation_id,omitempty" maxLength:"256"`
	Input          any            `json:"input,omitempty" doc:"Dropped unless the project's content policy is redacted."`
	Output         any            `json:"output,omitempty" doc:"Dropped unless the project's content policy is redacted."`
	Name           string         `json:"name,omitempty" doc:"Of a signal: shown, copied, inserted, edited, regenerated, stopped, rephrased, asked_why, shared, escalated, abandoned or thanked. Of a change: prompt, model, release, …"`
	Value          any            `json:"value,omitempty" doc:"Of a signal: a number. Of a change: a string."`
	Note           string         `json:"note,omitempty" maxLength:"8000"`
}
