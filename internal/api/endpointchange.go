package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/store"
)

// EndpointBody describes what POST /v1/endpoints takes.
type EndpointBody struct {
	Name   string            `json:"name" maxLength:"100"`
	Kind   heed.EndpointKind `json:"kind" enum:"webhook,slack,email"`
	URL    string            `json:"url,omitempty" doc:"Of a webhook, or of an incoming webhook of Slack."`
	To     []string          `json:"to,omitempty" maxItems:"20" doc:"Mail addresses."`
	Events []string          `json:"events" doc:"Types such as finding.created, or finding.* for all of findings; docs/notifications.md lists them. Feedback goes to webhooks alone."`
}

// EndpointChangeBody describes what PATCH /v1/endpoints/{id} takes.
type EndpointChangeBody struct {
	Version int64              `json:"version" doc:"The version that was read."`
	Name    *string            `json:"name,omitempty"`
	URL     string             `json:"url,omitempty"`
	To      []string           `json:"to,omitempty"`
	Events  []string           `json:"events,omitempty"`
	State   heed.EndpointState `json:"state,omitempty" enum:"active,paused"`
	Missed  string             `json:"missed,omitempty" enum:"send,drop" doc:"With the state active: what becomes of what it missed; send unless told otherwise."`
}

func (a *API) createEndpoint(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in EndpointBody
	if err := readStrict(w, r, maxNotificationBytes, &in, notificationShape); err != nil {
		return nil, err
	}
	now := heed.Instant(time.Now())
	e := heed.Endpoint{
		Project: who.Project, ID: heed.EndpointID("ept_" + rand.Text()), Version: 1, Name: in.Name, Kind: in.Kind, Events: eventsOf(in.Events),
		State: heed.EndpointActive, CreatedAt: now, UpdatedAt: now,
	}
	if err := a.nameEndpoint(r.Context(), &e); err != nil {
		return nil, err
	}
	if err := e.Validate(); err != nil {
		return nil, err
	}
	target := outward.Target{URL: in.URL, To: in.To}
	out := NewEndpoint{}
	switch {
	case e.Kind == heed.EndpointEmail && a.outward.SMTP.Host == "":
		return nil, heed.InvalidField("kind", "must not be email: this server has no mail server; its operator sets smtp.host")
	case e.Kind == heed.EndpointWebhook:
		secret := outward.NewSecret()
		target.Secrets, out.Secret = []outward.Secret{secret}, secret.Text
	}
	if err := a.aim(&e, &target); err != nil {
		return nil, err
	}
	sealed, err := a.outward.Seal(&e, &target)
	if err != nil {
		return nil, err
	}
	positions, err := a.outward.Positions(r.Context(), e.Project)
	if err != nil {
		return nil, err
	}
	if err := a.catalog.CreateEndpoint(r.Context(), e, sealed, positions); err != nil {
		return nil, err
	}
	out.EndpointItem = EndpointItem{Endpoint: e}
	return out, nil
}

// nameEndpoint redacts what a member calls an endpoint.
func (a *API) nameEndpoint(ctx context.Context, e *heed.Endpoint) error {
	by, err := a.redactionOf(ctx, e.Project, nil)
	if err != nil {
		return err
	}
	err = by.texts(ctx, &e.Name)
	e.Name = strings.TrimSpace(e.Name)
	return err
}

// aim gives an endpoint the address of its target, if it can be spoken to.
func (a *API) aim(e *heed.Endpoint, t *outward.Target) (err error) {
	e.Host, err = t.Check(e.Kind, a.outward.Private)
	return err
}

// eventsOf is what somebody asked to be told of, each once.
func eventsOf(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

func (a *API) changeEndpoint(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in EndpointChangeBody
	if err := readStrict(w, r, maxNotificationBytes, &in, notificationShape); err != nil {
		return nil, err
	}
	ctx := r.Context()
	before, err := a.endpoint(ctx, who.Project, r)
	if err != nil {
		return nil, err
	}
	if in.Version != before.Version {
		return nil, heed.Errorf(heed.Conflict, "somebody changed this endpoint meanwhile, so yours was not made: look at it as it is now, then change it again")
	}
	change := store.EndpointChange{Endpoint: before}
	e := &change.Endpoint
	e.Version, e.UpdatedAt = before.Version+1, heed.Instant(time.Now())
	var what []string
	if in.Name != nil {
		e.Name = *in.Name
		if err := a.nameEndpoint(ctx, e); err != nil {
			return nil, err
		}
		what = append(what, "name")
	}
	if in.Events != nil {
		e.Events = eventsOf(in.Events)
		what = append(what, "events")
		if change.Positions, err = a.outward.Begin(ctx, &before, e); err != nil {
			return nil, err
		}
	}
	if in.URL != "" || in.To != nil {
		target, err := a.outward.Target(ctx, e)
		if err != nil {
			return nil, err
		}
		target.URL, target.To = in.URL, in.To
		if err := a.aim(e, target); err != nil {
			return nil, err
		}
		if change.Target, err = a.outward.Seal(e, target); err != nil {
			return nil, err
		}
		what = append(what, "address")
	}
	if err := a.turn(r, &in, &change); err != nil {
		return nil, err
	}
	if in.State != "" {
		what = append(what, "state")
	}
	if len(what) == 0 {
		return nil, heed.InvalidField("body", "changes nothing")
	}
	if change.Target != nil && e.State == heed.EndpointActive { // another address has never failed
		change.Resume, e.FailingSince = true, time.Time{}
	}
	if err := e.Validate(); err != nil {
		return nil, err
	}
	change.What = strings.Join(what, ",")
	if err := a.catalog.ChangeEndpoint(ctx, change); err != nil {
		return nil, err
	}
	a.outward.Kick()
	return a.endpointItem(ctx, *e)
}

// turn pauses an endpoint or has it go on, as if it had never failed.
func (a *API) turn(r *http.Request, in *EndpointChangeBody, change *store.EndpointChange) (err error) {
	e := &change.Endpoint
	switch {
	case in.Missed != "" && in.Missed != "send" && in.Missed != "drop":
		return heed.InvalidField("missed", "must be send or drop")
	case in.Missed != "" && in.State != heed.EndpointActive:
		return heed.InvalidField("missed", "goes with the state active")
	case in.State == heed.EndpointPaused:
		e.State, e.Reason = in.State, ""
	case in.State == heed.EndpointActive:
		e.State, e.Reason, e.FailingSince = in.State, "", time.Time{}
		change.Resume, change.Drop = true, in.Missed == "drop"
		if change.Drop {
			change.Positions, err = a.outward.Positions(r.Context(), e.Project)
		}
	case in.State != "":
		return heed.InvalidField("state", "must be active or paused")
	}
	return err
}

func (a *API) rotateEndpoint(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	ctx := r.Context()
	e, err := a.endpoint(ctx, who.Project, r)
	if err != nil {
		return nil, err
	}
	if e.Kind != heed.EndpointWebhook {
		return nil, heed.Errorf(heed.Conflict, "only a webhook has a secret")
	}
	target, err := a.outward.Target(ctx, &e)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	fresh, until := target.Rotate(now)
	e.Version, e.UpdatedAt, e.OldSecretUntil = e.Version+1, heed.Instant(now), until
	sealed, err := a.outward.Seal(&e, target)
	if err != nil {
		return nil, err
	}
	if err := a.catalog.ChangeEndpoint(ctx, store.EndpointChange{Endpoint: e, What: "secret", Target: sealed}); err != nil {
		return nil, err
	}
	item, err := a.endpointItem(ctx, e)
	return NewEndpoint{EndpointItem: item, Secret: fresh.Text}, err
}

func (a *API) testEndpoint(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	e, err := a.endpoint(r.Context(), who.Project, r)
	if err != nil {
		return nil, err
	}
	if e.State != heed.EndpointActive {
		return nil, heed.Errorf(heed.Conflict, "this endpoint is %s: have it go on, then try it", e.State)
	}
	return a.outward.Test(r.Context(), &e, time.Now())
}

func (a *API) replayDelivery(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	err := a.catalog.ReplayDelivery(r.Context(), who.Project, heed.EndpointID(r.PathValue("id")), heed.DeliveryID(r.PathValue("delivery")), heed.Instant(time.Now()))
	if err != nil {
		return nil, noDelivery(err)
	}
	a.outward.Kick()
	return Nothing{}, nil
}
