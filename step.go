package heed

import "time"

// Step is something an agent did on the way to its answer that is no call to a
// model, such as a tool that it used: numbers, names and enumerations, no text.
// Project, trace and span are what it is known by: told again it is the same
// step, and the one told last counts.
type Step struct {
	Project ProjectID `json:"-"`
	TraceID string    `json:"trace_id"`
	SpanID  string    `json:"span_id"`
	Kind    StepKind  `json:"kind"`
	Name    string    `json:"name,omitempty"` // of the tool, the agent's own word for it
	Time    time.Time `json:"time,omitzero"`  // when it began

	Status     Status    `json:"status,omitempty"`
	ErrorType  ErrorType `json:"error_type,omitempty"`
	ErrorCode  string    `json:"error_code,omitempty"`
	DurationMS *float64  `json:"duration_ms,omitempty"`
}

// StepKind is the closed list of what a step can be.
type StepKind string

const (
	StepTool      StepKind = "tool"
	StepRetrieval StepKind = "retrieval"
	StepRerank    StepKind = "rerank"
	StepMemory    StepKind = "memory"
	StepPlan      StepKind = "plan"
	StepGuardrail StepKind = "guardrail"
)

// StepKinds lists every StepKind.
func StepKinds() []StepKind {
	return []StepKind{StepTool, StepRetrieval, StepRerank, StepMemory, StepPlan, StepGuardrail}
}

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid.
func (s *Step) Validate(now time.Time) error {
	v := validator{now: now}
	v.id("trace_id", s.TraceID)
	v.id("span_id", s.SpanID)
	kinds := make([]string, 0, len(StepKinds()))
	for _, kind := range StepKinds() {
		kinds = append(kinds, string(kind))
	}
	v.oneOf("kind", string(s.Kind), kinds...)
	v.label("name", s.Name)
	v.instant("time", s.Time)
	v.oneOf("status", string(s.Status), "", string(StatusOK), string(StatusError))
	if s.ErrorType != "" {
		v.errorType(s.ErrorType)
	}
	v.label("error_code", s.ErrorCode)
	v.number("duration_ms", s.DurationMS, 0, MaxDurationMS)
	return v.err()
}
