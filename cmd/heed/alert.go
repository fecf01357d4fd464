package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type alertCommand struct {
	List   alertList   `cmd:"" help:"List what is watched, and what fires."`
	Show   alertShow   `cmd:"" help:"Show one with what it reads now and its history."`
	Create alertCreate `cmd:"" help:"Watch a measure."`
	Change alertChange `cmd:"" help:"Change what is watched, or its name."`
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
		return []string{string(a.ID), alertState(&a.Alert), a.Since.Format(time.DateTime), plain(a.Name), plain(a.Text)}
	})
}

func alertState(a *heed.Alert) string {
	switch {
	case !a.EndedAt.IsZero():
		return "ended"
	case a.Snoozed(time.Now()):
		return string(a.State) + ", snoozed"
	}
	return string(a.State)
}

type alertShow struct {
	remote
	ID   string `arg:"" help:"Id of the alert."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run shows one alert with its history, newest first; of one that has ended, too.
func (cmd alertShow) Run(env *environment) error {
	a, err := ask[api.AlertDetail](env, cmd.remote, http.MethodGet, "/v1/alerts/"+url.PathEscape(cmd.ID), nil)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(a)
	}
	since := a.Since
	if !a.EndedAt.IsZero() {
		since = a.EndedAt
	}
	snoozed := ""
	if a.Snoozed(time.Now()) {
		snoozed = "until " + a.SnoozedUntil.Format(time.RFC3339)
	}
	if _, err := fmt.Fprintf(env.stdout, "%s  %s\n\n%s\n\n", a.ID, plain(a.Name), facts(
		[2]string{"state", alertState(&a.Alert) + " since " + since.Format(time.DateTime)}, [2]string{"snoozed", snoozed},
		[2]string{"watches", rulePrinted(&a.Rule)}, [2]string{"filter", filterPrinted(a.Rule.Filter)}, [2]string{"now", plain(a.Text)},
	)); err != nil {
		return err
	}
	return printTable(env.stdout, a.History, []string{"TIME", "WHAT", "BY", "DETAILS"}, func(e *heed.AlertEvent) []string {
		return []string{e.Time.Format(time.DateTime), string(e.What), actorPrinted(e.By), alertStepPrinted(&e.AlertStep)}
	})
}

// rulePrinted is a rule in the words of the flags that make it.
func rulePrinted(r *heed.AlertRule) string {
	text := strings.TrimSpace(string(r.Measure) + " " + plain(r.Tag))
	if r.Measure.HasThreshold() {
		side := "above"
		if r.Below {
			side = "below"
		}
		text += fmt.Sprintf(", %s %s", side, strconv.FormatFloat(r.Threshold, 'f', -1, 64))
	}
	if r.Minimum > 0 {
		text += fmt.Sprintf(", of %d or more", r.Minimum)
	}
	return text + ", in the last " + counted(int64(r.Hours), "hour")
}

// filterPrinted is a filter as flags write it.
func filterPrinted(filter heed.FindingFilter) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(filter)) {
		for _, value := range filter[name] {
			all = append(all, plain(name+"="+value))
		}
	}
	return strings.Join(all, " ")
}

func actorPrinted(by heed.FindingActor) string {
	switch {
	case by.Name != "":
		return plain(by.Name)
	case by.Kind == "server":
		return "heed"
	}
	return strings.TrimSpace(by.Kind + " " + plain(by.ID))
}

// alertStepPrinted says of a step what its name does not: what was read when it was
// decided, until when it is snoozed, or how the rule was then.
func alertStepPrinted(s *heed.AlertStep) string {
	switch {
	case s.Reading != nil && s.Rule != nil:
		return plain(s.Rule.Say(*s.Reading))
	case s.What == heed.AlertWasSnoozed && s.Until.IsZero():
		return "no more"
	case s.What == heed.AlertWasSnoozed:
		return "until " + s.Until.Format(time.RFC3339)
	case s.Rule != nil:
		return strings.TrimSpace(rulePrinted(s.Rule) + "  " + filterPrinted(s.Rule.Filter))
	}
	return ""
}

type alertCreate struct {
	remote
	Name    string   `arg:"" help:"What it watches for."`
	Measure string   `arg:"" help:"down_share, tag_share, error_rate, latency_p95, ratings, unsafe, feedback_silence or response_silence."`
	Above   float64  `help:"Fires above this: a share such as 0.3, milliseconds, or a number." xor:"side" placeholder:"N"`
	Below   float64  `help:"Fires below this." xor:"side" placeholder:"N"`
	Minimum int64    `help:"On how many votes or answers it must rest." placeholder:"N"`
	Hours   int      `help:"The time that is looked at, up to now." default:"24"`
	Tag     string   `help:"Of tag_share." placeholder:"TAG"`
	Filter  []string `help:"Of which answers, such as feature=search; may stand several times." placeholder:"NAME=VALUE" sep:"none"`
	JSON    bool     `name:"json" help:"Print JSON."`
}

// Run makes an alert and says what it reads now.
func (cmd alertCreate) Run(env *environment) error {
	filter, err := filterOf(cmd.Filter)
	if err != nil {
		return err
	}
	body := api.AlertBody{Name: cmd.Name, Rule: heed.AlertRule{
		Measure: heed.AlertMeasure(cmd.Measure), Tag: cmd.Tag, Threshold: cmd.Above, Minimum: cmd.Minimum, Hours: cmd.Hours, Filter: filter,
	}}
	if cmd.Below != 0 {
		body.Rule.Threshold, body.Rule.Below = cmd.Below, true
	}
	made, err := ask[api.AlertItem](env, cmd.remote, http.MethodPost, "/v1/alerts", body)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, made, func(a *api.AlertItem) string {
		return fmt.Sprintf("%s watches, each minute. %s", a.ID, plain(a.Text))
	})
}

type alertChange struct {
	remote
	ID      string   `arg:"" help:"Id of the alert."`
	Name    *string  `help:"What it watches for." placeholder:"NAME"`
	Measure string   `help:"Another measure, which begins without the tag, threshold and minimum of the one before." placeholder:"MEASURE"`
	Above   *float64 `help:"Fires above this." xor:"side" placeholder:"N"`
	Below   *float64 `help:"Fires below this." xor:"side" placeholder:"N"`
	Minimum *int64   `help:"On how many votes or answers it must rest." placeholder:"N"`
	Hours   *int     `help:"The time that is looked at, up to now." placeholder:"N"`
	Tag     *string  `help:"Of tag_share." placeholder:"TAG"`
	Filter  []string `help:"Of which answers, instead of those before; may stand several times. \"\" for all." placeholder:"NAME=VALUE" sep:"none"`
	JSON    bool     `name:"json" help:"Print JSON."`
}

// Run changes what is given of an alert, and says what it reads now.
func (cmd alertChange) Run(env *environment) error {
	path := "/v1/alerts/" + url.PathEscape(cmd.ID)
	now, err := ask[api.AlertDetail](env, cmd.remote, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	rule := now.Rule
	changed, err := cmd.change(&rule)
	if err != nil {
		return err
	}
	body := api.AlertChangeBody{Version: now.Version, Name: cmd.Name}
	if changed {
		body.Rule = &rule
	} else if cmd.Name == nil {
		return errors.New("nothing to change: give --name, --measure, --above, --below, --minimum, --hours, --tag or --filter; heed alert snooze keeps it from firing for a while")
	}
	a, err := ask[api.AlertItem](env, cmd.remote, http.MethodPatch, path, body)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, a, func(a *api.AlertItem) string {
		return fmt.Sprintf("%s is changed. %s", plain(a.Name), plain(a.Text))
	})
}

// change puts into a rule what is given of it, and reports whether that is anything.
func (cmd alertChange) change(rule *heed.AlertRule) (changed bool, err error) {
	if cmd.Measure != "" && cmd.Measure != string(rule.Measure) {
		*rule = heed.AlertRule{Measure: heed.AlertMeasure(cmd.Measure), Hours: rule.Hours, Filter: rule.Filter}
	}
	if cmd.Above != nil {
		rule.Threshold, rule.Below = *cmd.Above, false
	}
	if cmd.Below != nil {
		rule.Threshold, rule.Below = *cmd.Below, true
	}
	if cmd.Minimum != nil {
		rule.Minimum = *cmd.Minimum
	}
	if cmd.Hours != nil {
		rule.Hours = *cmd.Hours
	}
	if cmd.Tag != nil {
		rule.Tag = *cmd.Tag
	}
	if len(cmd.Filter) > 0 {
		if rule.Filter, err = filterOf(cmd.Filter); err != nil {
			return false, err
		}
	}
	return cmd.Measure != "" || cmd.Above != nil || cmd.Below != nil || cmd.Minimum != nil || cmd.Hours != nil || cmd.Tag != nil || len(cmd.Filter) > 0, nil
}

type alertSnooze struct {
	remote
	ID    string `arg:"" help:"Id of the alert."`
	Hours int    `help:"For how long; 0 ends it." default:"24"`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// Run snoozes an alert.
func (cmd alertSnooze) Run(env *environment) error {
	a, err := ask[api.AlertItem](env, cmd.remote, http.MethodPost, "/v1/alerts/"+url.PathEscape(cmd.ID)+"/snooze", api.SnoozeBody{Hours: cmd.Hours})
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, a, func(a *api.AlertItem) string {
		until := "is not snoozed any more"
		if !a.SnoozedUntil.IsZero() {
			until = "does not fire before " + a.SnoozedUntil.Format(time.RFC3339)
		}
		return fmt.Sprintf("%s %s.", strings.TrimSpace(plain(a.Name)), until)
	})
}

type alertEnd struct {
	remote
	ID string `arg:"" help:"Id of the alert."`
}

// Run ends an alert.
func (cmd alertEnd) Run(env *environment) error {
	path := "/v1/alerts/" + url.PathEscape(cmd.ID)
	a, err := ask[api.AlertDetail](env, cmd.remote, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if _, err := ask[api.Nothing](env, cmd.remote, http.MethodDelete, path, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s is watched no more; its history stays.\n", plain(a.Name))
	return err
}
