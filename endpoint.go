package heed

import (
	"slices"
	"strings"
	"time"
)

// EndpointID names an endpoint within a project.
type EndpointID string

// Endpoint is somewhere outside that is told what happens: the address of a
// program, a channel, or mailboxes. The address itself and what signs for Heed are
// secrets, and no part of it.
type Endpoint struct {
	Project ProjectID  `json:"-"`
	ID      EndpointID `json:"id"`
	// Version rises by one with every change by people; how deliveries go leaves it.
	Version int64 `json:"version"`

	Name   string         `json:"name"`
	Kind   EndpointKind   `json:"kind" enum:"webhook,slack,email"`
	Host   string         `json:"host" doc:"The part of its address that is no secret: a host, or the domains of mailboxes."`
	Events []string       `json:"events" doc:"What it is told of: types such as finding.created, or finding.* for all of findings."`
	State  EndpointState  `json:"state" enum:"active,paused,disabled"`
	Reason EndpointReason `json:"reason,omitempty" enum:"gone,failing" doc:"Why Heed disabled it: it answered 410, or took nothing for as long as is tried."`

	FailingSince   time.Time `json:"failing_since,omitzero" doc:"Since when it has taken nothing."`
	OldSecretUntil time.Time `json:"old_secret_until,omitzero" doc:"Until when the secret before signs, too."`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
}

// EndpointKind says how an endpoint is spoken to.
type EndpointKind string

const (
	EndpointWebhook EndpointKind = "webhook" // Standard Webhooks, signed
	EndpointSlack   EndpointKind = "slack"   // an incoming webhook of Slack, or of what speaks like it
	EndpointEmail   EndpointKind = "email"   // mailboxes, by the server's SMTP
)

// EndpointKinds lists every kind.
func EndpointKinds() []EndpointKind {
	return []EndpointKind{EndpointWebhook, EndpointSlack, EndpointEmail}
}

// EndpointState says whether an endpoint is told anything.
type EndpointState string

const (
	EndpointActive   EndpointState = "active"
	EndpointPaused   EndpointState = "paused"   // by people
	EndpointDisabled EndpointState = "disabled" // by Heed, for a reason
)

// EndpointReason is why Heed disabled an endpoint.
type EndpointReason string

const (
	EndpointGone    EndpointReason = "gone"    // it answered 410: never again
	EndpointFailing EndpointReason = "failing" // it took nothing until the last try
)

// Limits of endpoints.
const (
	// MaxEndpoints bounds the endpoints of one project.
	MaxEndpoints    = 20
	MaxEndpointName = 100
	// MaxRecipients bounds the mailboxes of one endpoint.
	MaxRecipients = 20
	// SecretOverlap is how long a secret that was replaced signs beside the new one.
	SecretOverlap = 24 * time.Hour
)

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid.
func (e *Endpoint) Validate() error {
	var v validator
	if strings.TrimSpace(e.Name) == "" {
		v.fail("name", "is missing: say what it is, such as the team's channel")
	}
	v.bounded("name", e.Name, MaxEndpointName)
	v.oneOf("kind", string(e.Kind), namesOf(EndpointKinds())...)
	if len(e.Events) == 0 {
		v.fail("events", "is missing: name what it is told of, such as alert.* or finding.created")
	}
	for _, name := range e.Events {
		switch {
		case !isEventName(name):
			v.fail("events", "must hold types such as "+string(EventFindingCreated)+", or all of a noun such as finding.*: docs/notifications.md lists them")
		case e.Kind != EndpointWebhook && strings.HasPrefix(name, "feedback."):
			v.fail("events", "must not hold feedback: that goes to webhooks alone; people are told by alerts, which gather it")
		default:
			continue
		}
		break
	}
	return v.err()
}

// Wants reports whether the endpoint is told of events of a type.
func (e *Endpoint) Wants(t EventType) bool {
	noun, _, _ := strings.Cut(string(t), ".")
	return slices.Contains(e.Events, string(t)) || slices.Contains(e.Events, noun+".*")
}

// WantsAny reports whether the endpoint is told of anything about a noun.
func (e *Endpoint) WantsAny(noun string) bool {
	return slices.ContainsFunc(e.Events, func(name string) bool { return strings.HasPrefix(name, noun+".") })
}

func isEventName(name string) bool {
	noun, all := strings.CutSuffix(name, ".*")
	return slices.ContainsFunc(EventTypes(), func(t EventType) bool {
		return string(t) == name || all && strings.HasPrefix(string(t), noun+".")
	})
}
