package heed

import "time"

// EventType says what happened, to those outside who are told.
type EventType string

const (
	EventFeedbackCreated EventType = "feedback.created"
	EventFeedbackUpdated EventType = "feedback.updated"
	EventFindingCreated  EventType = "finding.created"
	EventFindingMoved    EventType = "finding.moved"   // to another state
	EventFindingChanged  EventType = "finding.changed" // in anything else
	EventFindingNoted    EventType = "finding.noted"
	EventFindingFiled    EventType = "finding.filed" // feedback was filed or taken away
	EventReviewOpened    EventType = "review.opened"
	EventReviewChanged   EventType = "review.changed"
	EventReviewClosed    EventType = "review.closed"
	EventAlertFired      EventType = "alert.fired"
	EventAlertResolved   EventType = "alert.resolved"
	EventEndpointTested  EventType = "endpoint.tested" // somebody tried it; no endpoint can ask for it
)

// EventTypes lists every type that endpoints can be told of.
func EventTypes() []EventType {
	return []EventType{
		EventFeedbackCreated, EventFeedbackUpdated, EventFindingCreated, EventFindingMoved, EventFindingChanged, EventFindingNoted, EventFindingFiled,
		EventReviewOpened, EventReviewChanged, EventReviewClosed, EventAlertFired, EventAlertResolved,
	}
}

// DeliveryID names a delivery: what receivers know it by, the same at every try.
type DeliveryID string

// Delivery is one event on its way to one endpoint. It names what happened and
// holds nothing of it: that is read when it is sent, from a history that is never
// changed, so every try says the same, and nothing is said of what was erased.
type Delivery struct {
	Project  ProjectID  `json:"-"`
	Number   int64      `json:"number" doc:"Its place in the log of the server."`
	ID       DeliveryID `json:"id" doc:"Also the header webhook-id."`
	Endpoint EndpointID `json:"endpoint"`

	Type     EventType `json:"type"`
	History  string    `json:"-"` // that it is read from
	Object   string    `json:"object" doc:"Id of what it is about."`
	Event    int64     `json:"-"` // its place in the history
	Happened time.Time `json:"happened_at"`

	State    DeliveryState   `json:"state" enum:"waiting,delivered,failed,void"`
	Tries    int             `json:"tries" doc:"In all."`
	Begun    int             `json:"-"` // tries before it was last sent anew
	NextAt   time.Time       `json:"next_at,omitzero" doc:"Of one that waits: when it is tried, at the earliest."`
	DoneAt   time.Time       `json:"done_at,omitzero"`
	Outcome  DeliveryOutcome `json:"outcome,omitempty" enum:"taken,refused,gone,redirected,late,unreachable,private,unconfigured,erased" doc:"Of the last try."`
	Status   int             `json:"status,omitempty" doc:"What the last try was answered with."`
	QueuedAt time.Time       `json:"queued_at"`
}

// DeliveryState says how far a delivery has come.
type DeliveryState string

const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed" // and is not tried again by itself
	DeliveryVoid      DeliveryState = "void"   // what it was about is erased, or not known to this Heed: there is nothing to send
)

// DeliveryOutcome is how a try went.
type DeliveryOutcome string

const (
	OutcomeTaken        DeliveryOutcome = "taken"
	OutcomeRefused      DeliveryOutcome = "refused"      // answered, and not with a status of 2xx
	OutcomeGone         DeliveryOutcome = "gone"         // answered 410
	OutcomeRedirected   DeliveryOutcome = "redirected"   // which is not followed
	OutcomeLate         DeliveryOutcome = "late"         // no answer in time
	OutcomeUnreachable  DeliveryOutcome = "unreachable"  // no connection
	OutcomePrivate      DeliveryOutcome = "private"      // its address is not on the internet, and must not be spoken to
	OutcomeUnconfigured DeliveryOutcome = "unconfigured" // the server has no SMTP
	OutcomeErased       DeliveryOutcome = "erased"
)

// DeliveryOutcomes lists every outcome.
func DeliveryOutcomes() []DeliveryOutcome {
	return []DeliveryOutcome{
		OutcomeTaken, OutcomeRefused, OutcomeGone, OutcomeRedirected, OutcomeLate, OutcomeUnreachable, OutcomePrivate, OutcomeUnconfigured, OutcomeErased,
	}
}

// DeliveryTry is one try of a delivery.
type DeliveryTry struct {
	Number  int             `json:"number" doc:"From 1."`
	Time    time.Time       `json:"time"`
	Outcome DeliveryOutcome `json:"outcome" enum:"taken,refused,gone,redirected,late,unreachable,private,unconfigured,erased"`
	Status  int             `json:"status,omitempty"`
	Took    int64           `json:"took_ms"`
}

// DeliveryDays is for how many days the log of deliveries is kept, and for how
// long what an endpoint that is paused was not told can still reach it.
const DeliveryDays = 30
