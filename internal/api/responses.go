package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

func (a *API) registerResponses(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "get-response", Method: http.MethodGet, Path: "/v1/responses/{response_id}", Tag: "Reading",
		Summary: "One response with what people did with it", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Params: []rest.Param{{Name: "response_id", In: "path", Description: "The id, URL-escaped."}},
		Status: http.StatusOK, Answer: ResponseDetail{}, Serve: a.read(a.getResponse),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "list-responses", Method: http.MethodGet, Path: "/v1/responses", Tag: "Reading",
		Summary:     "Responses, newest first",
		Description: "Filters of feedback (vote, tag, surface, trust, bound) keep responses that have such feedback.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Params: append(listParams(), scopeParam("; or all of both")),
		Status: http.StatusOK, Answer: ResponseList{}, Serve: a.read(a.listResponses),
	})
}

// Response is a response as it is read.
type Response struct {
	heed.Response
	ReceivedAt time.Time `json:"received_at"`
}

// ResponseContent is the cleaned content of a response, where the project's
// policy keeps it.
type ResponseContent struct {
	Response
	AnswerText
}

// AnswerText is what was asked and answered, cleaned.
type AnswerText struct {
	Input        *string `json:"input,omitempty" doc:"What begins with { or [ was recorded as JSON, such as a list of messages; a text that begins so has a space in front."`
	Output       *string `json:"output,omitempty" doc:"Likewise."`
	InputStatus  string  `json:"input_status,omitempty" enum:"erased,withheld,damaged,role" doc:"Why input cannot be shown."`
	OutputStatus string  `json:"output_status,omitempty" enum:"erased,withheld,damaged,role" doc:"Why output cannot be shown."`
}

// Part is something an agent did on the way to its answer: a call to a model,
// which is a response as well, or a step.
type Part struct {
	Kind       string          `json:"kind" enum:"call,agent,tool,retrieval,rerank,memory,plan,guardrail"`
	ResponseID heed.ResponseID `json:"response_id,omitempty" doc:"Of a call or an agent."`
	Name       string          `json:"name,omitempty" doc:"Of a tool; of a call its model, of an agent its feature."`
	SpanID     string          `json:"span_id,omitempty"`
	Time       time.Time       `json:"time"`

	Status     heed.Status    `json:"status,omitempty"`
	ErrorType  heed.ErrorType `json:"error_type,omitempty"`
	ErrorCode  string         `json:"error_code,omitempty"`
	DurationMS *float64       `json:"duration_ms,omitempty"`
	TTFTMS     *float64       `json:"ttft_ms,omitempty"`
	heed.Usage
}

// ResponseDetail is a response with everything on it. The response is null
// while only feedback or signals have arrived.
type ResponseDetail struct {
	Response *ResponseContent `json:"response"`
	Feedback []Feedback       `json:"feedback"`
	Signals  map[string]int64 `json:"signals"`
	Parts    []Part           `json:"parts,omitempty" doc:"How an agent came to its answer, in order of time."`
}

// ResponseList is one page of responses.
type ResponseList struct {
	Items []Response `json:"items"`
	Next  string     `json:"next" doc:"Cursor of the next page; empty on the last."`
}

func responseOf(r *store.Response) Response {
	out := Response{Response: r.Response, ReceivedAt: r.Received}
	if out.Time.IsZero() {
		out.Time = r.Received
	}
	return out
}

func (a *API) getResponse(ctx context.Context, project heed.ProjectID, r *http.Request, _ url.Values) (any, error) {
	detail, err := a.events.Response(ctx, project, heed.ResponseID(r.PathValue("response_id")))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(a.readers.note(ctx, listResponses, 1), a.readers.note(ctx, listFeedback, len(detail.Feedback))); err != nil {
		return nil, err
	}
	out := ResponseDetail{Signals: detail.Signals, Feedback: make([]Feedback, 0, len(detail.Feedback))}
	if out.Signals == nil {
		out.Signals = map[string]int64{}
	}
	for i := range detail.Feedback {
		f, err := a.feedbackOf(ctx, &detail.Feedback[i])
		if err != nil {
			return nil, err
		}
		out.Feedback = append(out.Feedback, f)
	}
	out.Parts = partsOf(&detail)
	if detail.Response != nil {
		if out.Response, err = a.contentOf(ctx, project, detail.Response); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// partsOf are the calls and the steps of an agent in one order.
func partsOf(detail *store.ResponseDetail) []Part {
	var parts []Part
	for i := range detail.Parts {
		r := responseOf(&detail.Parts[i])
		part := Part{
			Kind: "call", ResponseID: r.ID, Name: r.Model, SpanID: r.SpanID, Time: r.Time, Status: r.Status, ErrorType: r.ErrorType,
			ErrorCode: r.ErrorCode, DurationMS: r.DurationMS, TTFTMS: r.TTFTMS, Usage: r.Usage,
		}
		if r.IsAgent() {
			part.Kind, part.Name, part.Usage = "agent", r.Feature, heed.Usage{}
		}
		parts = append(parts, part)
	}
	for _, s := range detail.Steps {
		parts = append(parts, Part{
			Kind: string(s.Kind), Name: s.Name, SpanID: s.SpanID, Time: s.Time, Status: s.Status, ErrorType: s.ErrorType,
			ErrorCode: s.ErrorCode, DurationMS: s.DurationMS,
		})
	}
	slices.SortStableFunc(parts, func(a, b Part) int { return a.Time.Compare(b.Time) })
	return parts
}

func (a *API) contentOf(ctx context.Context, project heed.ProjectID, r *store.Response) (*ResponseContent, error) {
	place := vault.Place{Project: project, Object: string(r.ID), Field: "input"}
	input, err := a.open(ctx, place, r.Input)
	if err != nil {
		return nil, err
	}
	place.Field = "output"
	output, err := a.open(ctx, place, r.Output)
	if err != nil {
		return nil, err
	}
	return &ResponseContent{Response: responseOf(r), AnswerText: AnswerText{
		Input: input.text, Output: output.text, InputStatus: input.reason, OutputStatus: output.reason,
	}}, nil
}

func (a *API) listResponses(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	p, err := page(project, q, "of")
	if err == nil {
		p.Of, err = query.ParseScope(q.Get("of"))
	}
	if err != nil {
		return nil, err
	}
	responses, err := a.events.Responses(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := a.readers.note(ctx, listResponses, len(responses)); err != nil {
		return nil, err
	}
	list := ResponseList{Items: make([]Response, 0, len(responses))}
	for i := range responses {
		list.Items = append(list.Items, responseOf(&responses[i]))
	}
	list.Next = next(p, len(responses), func() query.Cursor {
		last := list.Items[len(list.Items)-1]
		return query.Cursor{Time: last.Time, ID: string(last.ID)}
	})
	return list, nil
}
