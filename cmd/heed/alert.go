package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type alertCommand struct {
	List   alertList   `cmd:"" help:"List what is watched, and what fires."`
	Create alertCreate `cmd:"" help:"Watch a measure."`
	Snooze alertSnooze `cmd:"" help:"Keep an alert from firing for a while."`
	End    alertEnd    `cmd:"" help:"Watch it no more."`
}

type alertList struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists alerts, oldest first.
func (cmd alertList) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var all api.AlertList
	if err := c.do(env.ctx, http.MethodGet, "/v1/alerts", "", nil, &all); err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(all)
	}
	return printTable(env.stdout, all.Items, []string{"ID", "STATE", "SINCE", "NAME", "NOW"}, func(a *api.AlertItem) []string {
		state := string(a.State)
		if a.Snoozed(time.Now()) {
			state += ", snoozed"
		}
		return []string{string(a.ID), state, a.Since.Format(time.DateTime), plain(a.Name), plain(a.Text)}
	})
}

type alertCreate struct {
	remote
	Name    string            `arg:"" help:"What it watches for."`
	Measure string            `arg:"" help:"down_share, tag_share, error_rate, latency_p95, ratings, unsafe, feedback_silence or response_silence."`
	Above   float64           `help:"Fires above this: a share such as 0.3, milliseconds, or a number." xor:"side" placeholder:"N"`
	Below   float64           `help:"Fires below this." xor:"side" placeholder:"N"`
	Minimum int64             `help:"On how many votes or answers it must rest." placeholder:"N"`
	Hours   int               `help:"The time that is looked at, up to now." default:"24"`
	Tag     string            `help:"Of tag_share." placeholder:"TAG"`
	Filter  map[string]string `help:"Of which answers, such as feature=search." placeholder:"NAME=VALUE"`
	JSON    bool              `name:"json" help:"Print JSON."`
}

// Run makes an alert and says what it reads now.
func (cmd alertCreate) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	body := api.AlertBody{Name: cmd.Name, Rule: heed.AlertRule{Measure: heed.AlertMeasure(cmd.Measure), Tag: cmd.Tag, Threshold: cmd.Above, Minimum: cmd.Minimum, Hours: cmd.Hours}}
	if cmd.Below != 0 {
		body.Rule.Threshold, body.Rule.Below = cmd.Below, true
	}
	for name, value := range cmd.Filter {
		if body.Rule.Filter == nil {
			body.Rule.Filter = heed.FindingFilter{}
		}
		body.Rule.Filter[name] = []string{value}
	}
	var made api.AlertItem
	if err := c.do(env.ctx, http.MethodPost, "/v1/alerts", "", body, &made); err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(made)
	}
	_, err = fmt.Fprintf(env.stdout, "%s watches, each minute. %s\n", made.ID, plain(made.Text))
	return err
}

type alertSnooze struct {
	remote
	ID    string `arg:"" help:"Id of the alert."`
	Hours int    `help:"For how long; 0 ends it." default:"24"`
}

// Run snoozes an alert.
func (cmd alertSnooze) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var a api.AlertItem
	if err := c.do(env.ctx, http.MethodPost, "/v1/alerts/"+url.PathEscape(cmd.ID)+"/snooze", "", api.SnoozeBody{Hours: cmd.Hours}, &a); err != nil {
		return err
	}
	until := "is not snoozed any more"
	if !a.SnoozedUntil.IsZero() {
		until = "does not fire before " + a.SnoozedUntil.Format(time.RFC3339)
	}
	_, err = fmt.Fprintf(env.stdout, "%s %s.\n", strings.TrimSpace(plain(a.Name)), until)
	return err
}

type alertEnd struct {
	remote
	ID string `arg:"" help:"Id of the alert."`
}

// Run ends an alert.
func (cmd alertEnd) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	return c.do(env.ctx, http.MethodDelete, "/v1/alerts/"+url.PathEscape(cmd.ID), "", nil, nil)
}
