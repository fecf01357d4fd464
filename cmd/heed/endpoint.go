package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type endpointCommand struct {
	List   endpointList   `cmd:"" help:"List where what happens is told, and how that goes."`
	Create endpointCreate `cmd:"" help:"Tell a webhook, a channel of Slack or mailboxes what happens from now on."`
	Change endpointChange `cmd:"" help:"Change its name, its address, or what it is told of."`
	Test   endpointTest   `cmd:"" help:"Send something that says nothing but that the endpoint is reached, and say how that went."`
	Log    endpointLog    `cmd:"" help:"List what an endpoint was sent in the last 30 days."`
	Replay endpointReplay `cmd:"" help:"Send a delivery that is over again."`
	Rotate endpointRotate `cmd:"" help:"Give a webhook another secret; the one before signs beside it for a day."`
	Pause  endpointPause  `cmd:"" help:"Tell an endpoint nothing for now; what happens meanwhile waits."`
	On     endpointOn     `cmd:"" help:"Have an endpoint that is paused or disabled go on."`
	Delete endpointDelete `cmd:"" help:"End an endpoint, with the log of what it was sent."`
}

type endpointList struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists endpoints, oldest first.
func (cmd endpointList) Run(env *environment) error {
	all, err := allPages[api.EndpointItem](env, cmd.remote, "/v1/endpoints", url.Values{})
	if err != nil {
		return err
	}
	return printAll(env, cmd.JSON, all, []string{"ID", "KIND", "HOST", "STATE", "WAITING", "EVENTS", "NAME"}, func(e *api.EndpointItem) []string {
		return []string{
			string(e.ID), string(e.Kind), plain(e.Host), endpointState(&e.Endpoint), strconv.FormatInt(e.Waiting, 10), strings.Join(e.Events, ","), plain(e.Name),
		}
	})
}

func endpointState(e *heed.Endpoint) string {
	switch {
	case e.State == heed.EndpointDisabled:
		return "disabled, " + string(e.Reason)
	case e.State == heed.EndpointActive && !e.FailingSince.IsZero():
		return "failing since " + e.FailingSince.Format(time.DateTime)
	}
	return string(e.State)
}

type endpointCreate struct {
	remote
	Name   string   `arg:"" help:"What it is, such as the team's channel."`
	Kind   string   `help:"webhook, slack or email." default:"webhook" enum:"webhook,slack,email"`
	To     []string `help:"Its address; of email, addresses separated by commas. HEED_ENDPOINT_TO keeps it out of the list of processes." env:"HEED_ENDPOINT_TO" required:"" placeholder:"ADDRESS"`
	Events []string `help:"What it is told of, such as alert.* or finding.created." default:"alert.*,finding.*" placeholder:"TYPE"`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Run makes an endpoint and prints its secret, this once.
func (cmd endpointCreate) Run(env *environment) error {
	body := api.EndpointBody{Name: cmd.Name, Kind: heed.EndpointKind(cmd.Kind), Events: cmd.Events}
	if body.Kind == heed.EndpointEmail {
		body.To = cmd.To
	} else {
		body.URL = strings.Join(cmd.To, ",") // an address may hold commas
	}
	made, err := ask[api.NewEndpoint](env, cmd.remote, http.MethodPost, "/v1/endpoints", body)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, made, func(e *api.NewEndpoint) string {
		text := fmt.Sprintf("%s is told from now on. Try it: heed endpoint test %s", plain(e.Name), e.ID)
		if e.Secret != "" {
			text += fmt.Sprintf("\n\n  Its secret, shown this once: %s", e.Secret)
		}
		return text
	})
}

type endpointChange struct {
	remote
	ID     string   `arg:"" help:"Id of the endpoint."`
	Name   *string  `help:"What it is." placeholder:"NAME"`
	To     []string `help:"Another address of the same kind; of email, all addresses, separated by commas. - reads it from the standard input, which keeps it out of the list of processes." placeholder:"ADDRESS"`
	Events []string `help:"What it is told of from now on, instead of what it was." placeholder:"TYPE"`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Run changes what is given of an endpoint, whatever its version.
func (cmd endpointChange) Run(env *environment) error {
	if cmd.Name == nil && len(cmd.To) == 0 && len(cmd.Events) == 0 {
		return errors.New("nothing to change: give --name, --to or --events; heed endpoint pause and heed endpoint on turn it off and on")
	}
	to := cmd.To
	if len(to) == 1 && to[0] == "-" {
		address, err := readSecret(env, "-")
		if err != nil {
			return err
		}
		to = strings.Split(address, ",")
	}
	path := "/v1/endpoints/" + url.PathEscape(cmd.ID)
	now, err := ask[api.EndpointItem](env, cmd.remote, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	body := api.EndpointChangeBody{Version: now.Version, Name: cmd.Name, Events: cmd.Events}
	if now.Kind == heed.EndpointEmail {
		body.To = to
	} else {
		body.URL = strings.Join(to, ",") // an address may hold commas
	}
	e, err := ask[api.EndpointItem](env, cmd.remote, http.MethodPatch, path, body)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, e, func(e *api.EndpointItem) string {
		text := fmt.Sprintf("%s is changed: it is told of %s, at %s.", plain(e.Name), strings.Join(e.Events, ", "), plain(e.Host))
		if len(to) > 0 && e.State == heed.EndpointActive {
			text += " Try it: heed endpoint test " + string(e.ID)
		}
		return text
	})
}

type endpointTest struct {
	remote
	ID string `arg:"" help:"Id of the endpoint."`
}

// Run tries an endpoint and waits for how that goes.
func (cmd endpointTest) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	path := "/v1/endpoints/" + url.PathEscape(cmd.ID)
	var sent heed.Delivery
	if err := c.do(env.ctx, http.MethodPost, path+"/test", "", nil, &sent); err != nil {
		return err
	}
	for range 40 {
		select {
		case <-time.After(500 * time.Millisecond):
		case <-env.ctx.Done():
			return env.ctx.Err()
		}
		var tries api.DeliveryDetail
		if err := c.do(env.ctx, http.MethodGet, path+"/deliveries/"+string(sent.ID), "", nil, &tries); err != nil {
			return err
		}
		if len(tries.Items) == 0 {
			continue
		}
		if last := tries.Items[0]; last.Outcome != heed.OutcomeTaken {
			return fmt.Errorf("it was not taken: %s: it is tried again", outcomePrinted(last.Outcome, last.Status))
		}
		_, err := fmt.Fprintf(env.stdout, "It was taken, in %d ms.\n", tries.Items[0].Took)
		return err
	}
	return heed.Errorf(heed.Unavailable, "it waits behind what is sent before: heed endpoint log %s shows it", cmd.ID)
}

func outcomePrinted(outcome heed.DeliveryOutcome, status int) string {
	text := map[heed.DeliveryOutcome]string{
		heed.OutcomeTaken: "taken", heed.OutcomeRefused: "it was refused", heed.OutcomeGone: "it answered that it is gone", heed.OutcomeRedirected: "it points elsewhere, which is not followed",
		heed.OutcomeLate: "no answer in 15 s", heed.OutcomeUnreachable: "it cannot be reached", heed.OutcomePrivate: "its address is private: the server's outbound.allow_private allows that",
		heed.OutcomeUnconfigured: "the server has no mail server: set smtp.host", heed.OutcomeErased: "what it was about is erased",
	}[outcome]
	switch {
	case status >= 400 && outcome == heed.OutcomeTaken:
		text += fmt.Sprintf(", but not for every mailbox (%d)", status)
	case status > 0 && outcome != heed.OutcomeTaken:
		text += fmt.Sprintf(" (%d)", status)
	}
	return text
}

type endpointLog struct {
	remote
	ID    string `arg:"" help:"Id of the endpoint."`
	State string `help:"Only what is waiting, delivered, failed or void." placeholder:"STATE"`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// Run lists the newest hundred deliveries.
func (cmd endpointLog) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var page api.DeliveryList
	path := "/v1/endpoints/" + url.PathEscape(cmd.ID) + "/deliveries?" + url.Values{"state": {cmd.State}}.Encode()
	if err := c.do(env.ctx, http.MethodGet, path, "", nil, &page); err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(page.Items)
	}
	return printTable(env.stdout, page.Items, []string{"ID", "HAPPENED", "TYPE", "ABOUT", "STATE", "TRIES", "LAST"}, func(d *heed.Delivery) []string {
		return []string{
			string(d.ID), d.Happened.Format(time.DateTime), string(d.Type), plain(d.Object), string(d.State), strconv.Itoa(d.Tries), outcomePrinted(d.Outcome, d.Status),
		}
	})
}

type endpointReplay struct {
	remote
	ID       string `arg:"" help:"Id of the endpoint."`
	Delivery string `arg:"" help:"Id of the delivery."`
}

// Run sends a delivery again.
func (cmd endpointReplay) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	path := "/v1/endpoints/" + url.PathEscape(cmd.ID) + "/deliveries/" + url.PathEscape(cmd.Delivery) + "/replay"
	if err := c.do(env.ctx, http.MethodPost, path, "", nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, "It is sent again, under the same id.")
	return err
}

type endpointOn struct {
	remote
	ID      string `arg:"" help:"Id of the endpoint."`
	FromNow bool   `help:"Send nothing of what happened meanwhile."`
}

// Run has an endpoint go on.
func (cmd endpointOn) Run(env *environment) error {
	change := api.EndpointChangeBody{State: heed.EndpointActive}
	if cmd.FromNow {
		change.Missed = "drop"
	}
	e, err := cmd.remote.turnEndpoint(env, cmd.ID, change)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s goes on.\n", plain(e.Name))
	return err
}

type endpointPause struct {
	remote
	ID string `arg:"" help:"Id of the endpoint."`
}

// Run pauses an endpoint.
func (cmd endpointPause) Run(env *environment) error {
	e, err := cmd.remote.turnEndpoint(env, cmd.ID, api.EndpointChangeBody{State: heed.EndpointPaused})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s is told nothing for now. What happens meanwhile waits for %d days: heed endpoint on %s has it go on.\n", plain(e.Name), heed.DeliveryDays, e.ID)
	return err
}

// turnEndpoint changes the state of an endpoint, whatever its version.
func (r *remote) turnEndpoint(env *environment, id string, change api.EndpointChangeBody) (api.EndpointItem, error) {
	var e api.EndpointItem
	c, err := r.client()
	if err != nil {
		return e, err
	}
	path := "/v1/endpoints/" + url.PathEscape(id)
	if err := c.do(env.ctx, http.MethodGet, path, "", nil, &e); err != nil {
		return e, err
	}
	change.Version = e.Version
	err = c.do(env.ctx, http.MethodPatch, path, "", change, &e)
	return e, err
}

type endpointRotate struct {
	remote
	ID   string `arg:"" help:"Id of the endpoint."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run gives a webhook another secret and prints it, this once.
func (cmd endpointRotate) Run(env *environment) error {
	made, err := ask[api.NewEndpoint](env, cmd.remote, http.MethodPost, "/v1/endpoints/"+url.PathEscape(cmd.ID)+"/rotate", nil)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, made, func(e *api.NewEndpoint) string {
		return fmt.Sprintf("The new secret of %s, shown this once: %s\nThe one before signs beside it until %s.", plain(e.Name), e.Secret, e.OldSecretUntil.Format(time.RFC3339))
	})
}

type endpointDelete struct {
	remote
	ID string `arg:"" help:"Id of the endpoint."`
}

// Run ends an endpoint.
func (cmd endpointDelete) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	path := "/v1/endpoints/" + url.PathEscape(cmd.ID)
	var e api.EndpointItem
	if err := c.do(env.ctx, http.MethodGet, path, "", nil, &e); err != nil {
		return err
	}
	if err := c.do(env.ctx, http.MethodDelete, path, "", nil, nil); err != nil {
		return err
	}
	waited := ""
	if e.Waiting > 0 {
		waited = fmt.Sprintf(" What waited for it, %d in all, is not sent.", e.Waiting)
	}
	_, err = fmt.Fprintf(env.stdout, "%s is deleted.%s\n", plain(e.Name), waited)
	return err
}
