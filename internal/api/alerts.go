package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/alert"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

// alertEvents is how much of the history is shown.
const alertEvents = 100

func (a *API) registerAlerts(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	id := rest.Param{Name: "id", In: "path", Description: "The alert's id."}
	rest.Handle(api, rest.Endpoint{
		ID: "list-alerts", Method: http.MethodGet, Path: "/v1/alerts", Tag: "Notifications",
		Summary: "What is watched, and what fired and resolved lately", Credentials: credentials,
		Status: http.StatusOK, Answer: AlertList{}, Serve: a.read(a.listAlerts),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "create-alert", Method: http.MethodPost, Path: "/v1/alerts", Tag: "Notifications",
		Summary:     "Watch a measure",
		Description: "It is judged each minute. Who is told of it is a matter of endpoints that want alert.fired or alert.resolved; the console shows it to everybody who reads feedback.",
		Credentials: credentials, Body: AlertBody{}, Status: http.StatusCreated, Answer: AlertItem{}, Serve: a.manage(a.createAlert),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-alert", Method: http.MethodGet, Path: "/v1/alerts/{id}", Tag: "Notifications",
		Summary: "An alert with its history", Credentials: credentials, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: AlertDetail{}, Serve: a.read(a.getAlert),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "change-alert", Method: http.MethodPatch, Path: "/v1/alerts/{id}", Tag: "Notifications",
		Summary: "Change an alert's name or rule", Description: "It needs the version that was read: where somebody else was faster it is a conflict.",
		Credentials: credentials, Params: []rest.Param{id}, Body: AlertChangeBody{}, Status: http.StatusOK, Answer: AlertItem{}, Serve: a.manage(a.changeAlert),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "end-alert", Method: http.MethodDelete, Path: "/v1/alerts/{id}", Tag: "Notifications",
		Summary: "Watch it no more; its history stays", Credentials: credentials, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: Nothing{}, Serve: a.manage(a.endAlert),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "snooze-alert", Method: http.MethodPost, Path: "/v1/alerts/{id}/snooze", Tag: "Notifications",
		Summary: "Keep an alert from firing for a while", Description: "One that fires may still resolve.",
		Credentials: credentials, Params: []rest.Param{id}, Body: SnoozeBody{}, Status: http.StatusOK, Answer: AlertItem{}, Serve: a.manage(a.snoozeAlert),
	})
}

// AlertBody describes what POST /v1/alerts takes.
type AlertBody struct {
	Name string         `json:"name" maxLength:"100"`
	Rule heed.AlertRule `json:"rule"`
}

// AlertChangeBody describes what PATCH /v1/alerts/{id} takes.
type AlertChangeBody struct {
	Version int64           `json:"version" doc:"The version that was read."`
	Name    *string         `json:"name,omitempty"`
	Rule    *heed.AlertRule `json:"rule,omitempty"`
}

// SnoozeBody describes what POST /v1/alerts/{id}/snooze takes.
type SnoozeBody struct {
	Hours int `json:"hours" minimum:"0" maximum:"720" doc:"0 ends it."`
}

// AlertItem is an alert as it is read.
type AlertItem struct {
	heed.Alert
	Reading *heed.AlertReading `json:"reading,omitempty" doc:"As it was last measured; absent before that."`
	Text    string             `json:"text,omitempty" doc:"The reading in a sentence."`
}

// AlertList lists alerts, oldest first, and what became of them, newest first.
type AlertList struct {
	Items   []AlertItem       `json:"items"`
	History []heed.AlertEvent `json:"history" doc:"Of all alerts, ended ones among them; the newest 100 events."`
}

// AlertDetail is an alert with its history, newest first.
type AlertDetail struct {
	AlertItem
	History []heed.AlertEvent `json:"history"`
}

func (a *API) alertItem(one heed.Alert) AlertItem {
	item := AlertItem{Alert: one}
	if reading, ok := a.alerts.Latest(one.ID); ok {
		item.Reading, item.Text = &reading, one.Rule.Say(reading)
	}
	return item
}

func (a *API) listAlerts(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	all, err := a.catalog.ListAlerts(ctx, project)
	if err != nil {
		return nil, err
	}
	list := AlertList{Items: make([]AlertItem, 0, len(all))}
	for _, one := range all {
		list.Items = append(list.Items, a.alertItem(one))
	}
	list.History, err = a.catalog.AlertHistory(ctx, project, "", alertEvents)
	return list, err
}

func (a *API) getAlert(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	one, err := a.alert(ctx, project, r)
	if err != nil {
		return nil, err
	}
	history, err := a.catalog.AlertHistory(ctx, project, one.ID, alertEvents)
	return AlertDetail{a.alertItem(one), history}, err
}

// alert reads the alert that the path names.
func (a *API) alert(ctx context.Context, project heed.ProjectID, r *http.Request) (heed.Alert, error) {
	one, err := a.catalog.Alert(ctx, project, heed.AlertID(r.PathValue("id")))
	if heed.CodeOf(err) == heed.NotFound {
		return one, heed.Wrap(heed.NotFound, err, "there is no such alert")
	}
	return one, err
}

// watched reads the alert that the path names, to be changed.
func (a *API) watched(ctx context.Context, project heed.ProjectID, r *http.Request) (heed.Alert, error) {
	one, err := a.alert(ctx, project, r)
	if err == nil && !one.EndedAt.IsZero() {
		err = heed.Errorf(heed.Conflict, "this alert has ended, and its history stays as it is: make another")
	}
	return one, err
}

// readAlert cleans and checks what somebody made of an alert, and measures it.
func (a *API) readAlert(ctx context.Context, one *heed.Alert) (heed.AlertReading, error) {
	by, err := a.redactionOf(ctx, one.Project, nil)
	if err != nil {
		return heed.AlertReading{}, err
	}
	one.Rule.Tag, one.Rule.Filter = by.cleaner.Label(one.Rule.Tag), by.filter(one.Rule.Filter)
	if err := by.texts(ctx, &one.Name); err != nil {
		return heed.AlertReading{}, err
	}
	one.Name = strings.TrimSpace(one.Name)
	if err := one.Validate(); err != nil {
		return heed.AlertReading{}, err
	}
	if err := alert.Check(&one.Rule); err != nil {
		return heed.AlertReading{}, err
	}
	return alert.Measure(ctx, a.events, one.Project, &one.Rule, time.Now())
}

func (a *API) createAlert(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in AlertBody
	if err := readStrict(w, r, maxNotificationBytes, &in, notificationShape); err != nil {
		return nil, err
	}
	now := heed.Instant(time.Now())
	one := heed.Alert{
		Project: who.Project, ID: heed.AlertID("alt_" + rand.Text()), Version: 1, Name: in.Name, Rule: in.Rule, State: heed.AlertOK, Since: now, CreatedAt: now, UpdatedAt: now,
	}
	reading, err := a.readAlert(r.Context(), &one)
	if err != nil {
		return nil, err
	}
	if err := a.catalog.CreateAlert(r.Context(), one); err != nil {
		return nil, err
	}
	a.alerts.Note(one.ID, reading)
	return a.alertItem(one), nil
}

func (a *API) changeAlert(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in AlertChangeBody
	if err := readStrict(w, r, maxNotificationBytes, &in, notificationShape); err != nil {
		return nil, err
	}
	one, err := a.watched(r.Context(), who.Project, r)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Version != one.Version:
		return nil, heed.Errorf(heed.Conflict, "somebody changed this alert meanwhile, so yours was not made: look at it as it is now, then change it again")
	case in.Name == nil && in.Rule == nil:
		return nil, heed.InvalidField("body", "changes nothing")
	}
	if in.Name != nil {
		one.Name = *in.Name
	}
	if in.Rule != nil {
		one.Rule = *in.Rule
	}
	reading, err := a.readAlert(r.Context(), &one)
	if err != nil {
		return nil, err
	}
	item, err := a.keepAlert(r.Context(), one, heed.AlertStep{What: heed.AlertWasChanged, Name: one.Name, Rule: &one.Rule})
	if err == nil {
		a.alerts.Note(one.ID, reading)
	}
	return item, err
}

// keepAlert stores a change of an alert.
func (a *API) keepAlert(ctx context.Context, one heed.Alert, step heed.AlertStep) (any, error) {
	one.Version, one.UpdatedAt = one.Version+1, heed.Instant(time.Now())
	if step.What == heed.AlertWasEnded {
		one.EndedAt = one.UpdatedAt
	}
	if err := a.catalog.ChangeAlert(ctx, one, step); err != nil {
		return nil, err
	}
	return a.alertItem(one), nil
}

func (a *API) endAlert(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := a.watched(r.Context(), who.Project, r)
	if err != nil {
		return nil, err
	}
	if _, err := a.keepAlert(r.Context(), one, heed.AlertStep{What: heed.AlertWasEnded, Name: one.Name}); err != nil {
		return nil, err
	}
	return Nothing{}, nil
}

func (a *API) snoozeAlert(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in SnoozeBody
	if err := readStrict(w, r, maxNotificationBytes, &in, notificationShape); err != nil {
		return nil, err
	}
	if in.Hours < 0 || time.Duration(in.Hours)*time.Hour > heed.MaxSnooze {
		return nil, heed.InvalidField("hours", "must be 0 to 720")
	}
	one, err := a.watched(r.Context(), who.Project, r)
	if err != nil {
		return nil, err
	}
	one.SnoozedUntil = time.Time{}
	if in.Hours > 0 {
		one.SnoozedUntil = heed.Instant(time.Now().Add(time.Duration(in.Hours) * time.Hour))
	}
	return a.keepAlert(r.Context(), one, heed.AlertStep{What: heed.AlertWasSnoozed, Name: one.Name, Until: one.SnoozedUntil})
}
