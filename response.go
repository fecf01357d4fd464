package heed

import "time"

// Response is what is known of one AI answer: numbers, names and enumerations,
// no text. A response may arrive in parts and in any order; see Merge. Zero
// values and nil pointers mean "not known".
//
// An agent's run is a response too (see IsAgent). The first agent of a trace is
// its root, which is the answer that a person sees; every other response of the
// trace is a call on the way to it.
type Response struct {
	Project ProjectID  `json:"-"`
	ID      ResponseID `json:"response_id"`
	Time    time.Time  `json:"time,omitzero"` // when the answer began

	Labels
	Outcome
	Timing
	Usage
	Retry

	ConversationID string     `json:"conversation_id,omitempty"`
	TraceID        string     `json:"trace_id,omitempty"`
	SpanID         string     `json:"span_id,omitempty"`
	Respondent     Respondent `json:"respondent,omitzero"`

	// PartOf is the agent's answer that this one is a call of, empty for an
	// answer of its own. Stores fill it in: it follows from the trace.
	PartOf ResponseID `json:"part_of,omitempty"`
}

// Operations of agents (gen_ai.operation.name). Version 0.1.0 of the
// conventions made one span of both, and kept both names.
const (
	OperationInvokeAgent    = "invoke_agent"
	OperationInvokeWorkflow = "invoke_workflow"
)

// IsAgent reports whether the response is the run of an agent. What it says of
// its usage is the sum of what the calls within it say.
func (r *Response) IsAgent() bool {
	return r.Operation == OperationInvokeAgent || r.Operation == OperationInvokeWorkflow
}

// Labels are the names that answers are grouped and compared by.
type Labels struct {
	Operation     string `json:"operation,omitempty"` // gen_ai.operation.name
	Provider      string `json:"provider,omitempty"`  // gen_ai.provider.name
	Model         string `json:"model,omitempty"`     // gen_ai.response.model, else gen_ai.request.model
	PromptName    string `json:"prompt_name,omitempty"`
	PromptVersion string `json:"prompt_version,omitempty"`
	Feature       string `json:"feature,omitempty"`
	Release       string `json:"release,omitempty"`
	Environment   string `json:"environment,omitempty"`
}

// Outcome says how the answer ended.
type Outcome struct {
	Status       Status    `json:"status,omitempty"`
	ErrorType    ErrorType `json:"error_type,omitempty"`
	ErrorCode    string    `json:"error_code,omitempty"` // as the provider sent it
	FinishReason string    `json:"finish_reason,omitempty"`
}

// Retry says how often the same was asked before, by a client that tries again
// by itself.
type Retry struct {
	Retries *int64     `json:"retries,omitempty"`  // tries before this one
	RetryOf ResponseID `json:"retry_of,omitempty"` // the one right before it
}

// Timing is how long the answer took, in milliseconds.
type Timing struct {
	DurationMS *float64 `json:"duration_ms,omitempty"`
	TTFTMS     *float64 `json:"ttft_ms,omitempty"` // time to the first content
	TTFBMS     *float64 `json:"ttfb_ms,omitempty"` // time to the first byte
}

// Usage is what the answer consumed. InputTokens include the cached ones.
type Usage struct {
	InputTokens     *int64   `json:"input_tokens,omitempty"`
	OutputTokens    *int64   `json:"output_tokens,omitempty"`
	CachedTokens    *int64   `json:"cached_tokens,omitempty"`
	ReasoningTokens *int64   `json:"reasoning_tokens,omitempty"`
	CostUSD         *float64 `json:"cost_usd,omitempty"`
}

// Status is the outcome of a response in one word.
type Status string

const (
	StatusOK    Status = "ok"
	StatusError Status = "error"
)

// ErrorType is the closed list of ways an answer can fail.
type ErrorType string

// ErrorTypes lists every ErrorType, in the order of the public contract.
func ErrorTypes() []ErrorType {
	return []ErrorType{
		"timeout", "connection", "cancelled", "auth", "permission", "not_found",
		"invalid_request", "context_length", "content_filter", "rate_limit", "quota",
		"overloaded", "server_error", "stream_interrupted", "tool_error", "guardrail", "unknown",
	}
}

// Limits of what one response may claim.
const (
	MaxIDBytes    = 256
	MaxLabelBytes = 256
	// MaxDurationMS is thirty days: nothing that answers a person takes longer.
	MaxDurationMS = 30 * 24 * 3600 * 1000
	// MaxTokens bounds one answer's token count; far above any context window.
	MaxTokens  = 1_000_000_000
	MaxCostUSD = 1_000_000
)

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid. now is the receive time, against which a clock is judged.
func (r *Response) Validate(now time.Time) error {
	v := validator{now: now}
	v.id("response_id", string(r.ID))
	v.instant("time", r.Time)
	v.labels(&r.Labels)
	v.oneOf("status", string(r.Status), "", string(StatusOK), string(StatusError))
	if r.ErrorType != "" {
		v.errorType(r.ErrorType)
	}
	v.label("error_code", r.ErrorCode)
	v.label("finish_reason", r.FinishReason)
	v.number("duration_ms", r.DurationMS, 0, MaxDurationMS)
	v.number("ttft_ms", r.TTFTMS, 0, MaxDurationMS)
	v.number("ttfb_ms", r.TTFBMS, 0, MaxDurationMS)
	v.count("retries", r.Retries)
	v.label("retry_of", string(r.RetryOf))
	v.count("input_tokens", r.InputTokens)
	v.count("output_tokens", r.OutputTokens)
	v.count("cached_tokens", r.CachedTokens)
	v.count("reasoning_tokens", r.ReasoningTokens)
	v.number("cost_usd", r.CostUSD, 0, MaxCostUSD)
	v.label("conversation_id", r.ConversationID)
	v.label("trace_id", r.TraceID)
	v.label("span_id", r.SpanID)
	return v.err()
}
