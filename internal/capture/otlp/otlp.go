// Package otlp is the way in for OpenTelemetry: spans that are calls to a model
// become responses, evaluations that people made become feedback, and metrics are
// kept beside them.
package otlp

import (
	"context"
	"mime"
	"net/http"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/rest"
)

// MaxBytes bounds what one request may hold, before and after decompression, as
// the specification of OTLP recommends.
const MaxBytes = 64 << 20

// What goes to the intake at once: what is made durable together is bounded in
// items and in bytes. A text too long for that is not kept.
const (
	maxItems     = 5_000
	maxPartBytes = 8 << 20
	maxTextBytes = 4 << 20
)

// API serves OTLP, over HTTP and gRPC.
type API struct {
	door   *access.Door
	intake *capture.Intake
	prices price.Table
}

// New makes the API. Calls whose spans do not tell their cost have that of prices.
func New(door *access.Door, intake *capture.Intake, prices price.Table) *API {
	return &API{door: door, intake: intake, prices: prices}
}

// Register adds the endpoints to mux.
func (a *API) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/traces", a.serve(traceRequest, a.admit, a.takeTraces))
	mux.HandleFunc("POST /v1/logs", a.serve(logsRequest, a.admit, a.takeLogs))
	mux.HandleFunc("POST /v1/metrics", a.serve(metricsRequest, a.admit, a.takeMetrics))
	// The way of Langfuse's clients.
	mux.HandleFunc("POST /api/public/otel/v1/traces", a.serve(traceRequest, a.door.AdmitPair, a.takeTraces))
}

// admit takes the key from the header that exporters can set for Heed alone, or
// from where it always stands.
func (a *API) admit(r *http.Request) (access.Principal, error) {
	return a.door.AdmitKey(r, r.Header.Get("X-Heed-Key"))
}

// codec is one of the two encodings of the protocol.
type codec struct {
	media string
	json  bool
}

func codecOf(r *http.Request) (codec, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && media == "application/x-protobuf":
		return codec{media: media}, nil
	case err == nil && media == "application/json":
		return codec{media: media, json: true}, nil
	}
	return codec{media: "application/json", json: true}, heed.Errorf(heed.Unsupported, "Content-Type must be application/x-protobuf or application/json")
}

// exported is the answer of one signal; nil where everything was taken.
type exported interface {
	MarshalJSON() ([]byte, error)
	MarshalProto() ([]byte, error)
}

type decodable interface {
	UnmarshalJSON([]byte) error
	UnmarshalProto([]byte) error
}

// taker takes what one request of a signal holds.
type taker func(context.Context, access.Principal, func(decodable) error) (exported, error)

func (a *API) serve(shape *message, admit func(*http.Request) (access.Principal, error),
	take taker,
) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := codecOf(r)
		if err != nil {
			refuse(w, c, err)
			return
		}
		who, err := admit(r)
		if err == nil {
			err = who.MayDescribe()
		}
		if err != nil {
			refuse(w, c, err)
			return
		}
		body, err := capture.ReadBody(w, r, MaxBytes)
		if err != nil {
			refuse(w, c, err)
			return
		}
		answer, err := take(r.Context(), who, func(into decodable) error { return c.decode(body, shape, into) })
		if err != nil {
			refuse(w, c, err)
			return
		}
		c.write(w, http.StatusOK, answer)
	}
}

func (c codec) decode(body []byte, shape *message, into decodable) error {
	if c.json {
		if err := checkJSON(body); err != nil {
			return err
		}
		if err := into.UnmarshalJSON(body); err != nil {
			// The error's own words may quote what was sent.
			return heed.InvalidField("body", "is not OTLP in JSON, as Content-Type says")
		}
		return nil
	}
	if err := checkProto(body, shape); err != nil {
		return err
	}
	if into.UnmarshalProto(body) != nil {
		return errNotProto
	}
	return nil
}

func (a *API) takeTraces(ctx context.Context, who access.Principal, decode func(decodable) error) (exported, error) {
	request := ptraceotlp.NewExportRequest()
	if err := decode(request); err != nil {
		return nil, err
	}
	items, lost := itemsOf(a.prices, request.Traces())
	refused, why, err := a.accept(ctx, who, items)
	if err != nil {
		return nil, err
	}
	if lost.add(refused, why); lost.n == 0 {
		return nil, nil
	}
	answer := ptraceotlp.NewExportResponse()
	answer.PartialSuccess().SetRejectedSpans(int64(lost.n))
	answer.PartialSuccess().SetErrorMessage(lost.why)
	return answer, nil
}

func (a *API) takeLogs(ctx context.Context, who access.Principal, decode func(decodable) error) (exported, error) {
	request := plogotlp.NewExportRequest()
	if err := decode(request); err != nil {
		return nil, err
	}
	var items []capture.Item
	for _, of := range request.Logs().ResourceLogs().All() {
		for _, scope := range of.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				if f, ok := feedbackOfRecord(record); ok {
					items = append(items, capture.Item{Feedback: f})
				}
			}
		}
	}
	refused, why, err := a.accept(ctx, who, items)
	if err != nil {
		return nil, err
	}
	if refused == 0 {
		return nil, nil
	}
	answer := plogotlp.NewExportResponse()
	answer.PartialSuccess().SetRejectedLogRecords(int64(refused))
	answer.PartialSuccess().SetErrorMessage(why)
	return answer, nil
}

func (a *API) takeMetrics(ctx context.Context, who access.Principal, decode func(decodable) error) (exported, error) {
	request := pmetricotlp.NewExportRequest()
	if err := decode(request); err != nil {
		return nil, err
	}
	m := metricsOf(request.Metrics())
	refused, why, err := a.accept(ctx, who, m.items)
	if err != nil {
		return nil, err
	}
	refused, why = refused+m.refused, either(why, m.why)
	if refused == 0 && why == "" {
		return nil, nil
	}
	answer := pmetricotlp.NewExportResponse()
	answer.PartialSuccess().SetRejectedDataPoints(int64(refused))
	answer.PartialSuccess().SetErrorMessage(why)
	return answer, nil
}

// accept makes items durable, and returns how many could not be taken with the
// reason for the first of them.
func (a *API) accept(ctx context.Context, who access.Principal, items []capture.Item) (refused int, why string, err error) {
	if err := a.door.Charge(who, len(items)); err != nil {
		return 0, "", err
	}
	for len(items) > 0 {
		part := items[:partOf(items)]
		items = items[len(part):]
		_, _, err := a.intake.Accept(ctx, who, capture.Call{}, part, func(outcomes []capture.Outcome) (any, error) {
			for _, o := range outcomes {
				if o.Err == nil {
					continue
				}
				if refused++; why == "" {
					why = rest.From(o.Err).Detail // without its cause, which is for logs
				}
			}
			return nil, nil
		})
		if err != nil {
			return 0, "", err
		}
	}
	return refused, why, nil
}

// partOf returns how many of the items go to the intake at once.
func partOf(items []capture.Item) int {
	bytes := 0
	for n := range items {
		switch item := &items[n]; {
		case item.Response != nil:
			bytes += item.Response.Input.Len() + item.Response.Output.Len()
		case item.Feedback != nil:
			bytes += item.Feedback.Comment.Len() + item.Feedback.Correction.Len()
		}
		if n > 0 && (n == maxItems || bytes > maxPartBytes) {
			return n
		}
	}
	return len(items)
}
