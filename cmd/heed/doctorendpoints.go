package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

// checkEndpoints says where what happens should be told and is not.
func (d *doctor) checkEndpoints(ctx context.Context) diagnosis {
	if d.base == "" {
		return unreachable()
	}
	if !d.keyGood {
		return skipped("there is no secret key that works")
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/endpoints", "", withKey(d.cmd.Key)...)
	switch {
	case err != nil:
		return ill("No answer on /v1/endpoints: %v.", err)
	case got.status == http.StatusForbidden:
		return skipped("the key may not see them")
	case got.status == http.StatusNotFound:
		return skipped("the server knows none")
	case got.status != http.StatusOK:
		return ill("Endpoints cannot be listed: %s", got.problem())
	}
	var all api.EndpointList
	if err := json.Unmarshal(got.body, &all); err != nil {
		return ill("The server's list of endpoints cannot be read: %v.", err)
	}
	var wrong []string
	paused := 0
	d.told = []heed.Endpoint{}
	for _, e := range all.Items {
		d.told = append(d.told, e.Endpoint)
		switch {
		case e.State == heed.EndpointPaused:
			paused++
		case e.State == heed.EndpointDisabled && e.Reason == heed.EndpointGone:
			wrong = append(wrong, string(e.ID)+" answered that it is gone: heed endpoint on "+string(e.ID)+" once it is back, or heed endpoint delete "+string(e.ID))
		case e.State == heed.EndpointDisabled:
			wrong = append(wrong, string(e.ID)+" took nothing for three days and is told nothing: mend it, then heed endpoint on "+string(e.ID))
		case e.State == heed.EndpointActive && !e.FailingSince.IsZero():
			wrong = append(wrong, string(e.ID)+" has taken nothing since "+e.FailingSince.Format("2006-01-02 15:04")+": heed endpoint log "+string(e.ID)+" says why")
		}
	}
	if len(wrong) > 0 {
		return ill("%s.", strings.Join(wrong, "; "))
	}
	if len(all.Items) == 0 {
		return skipped("none in this project")
	}
	if paused > 0 {
		return fine("%d, %d of them paused: what happens meanwhile waits for %d days, and heed endpoint on has it sent", len(all.Items), paused, heed.DeliveryDays)
	}
	return fine("%d, and each takes what it is sent", len(all.Items))
}

// checkAlerts says where alerts are watched and those who are to hear of them do not.
func (d *doctor) checkAlerts(ctx context.Context) diagnosis {
	switch {
	case d.base == "":
		return unreachable()
	case !d.keyReads:
		return skipped("that takes a key that reads")
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/alerts", "", withKey(d.cmd.Key)...)
	switch {
	case err != nil:
		return ill("No answer on /v1/alerts: %v.", err)
	case got.status == http.StatusForbidden:
		return skipped("the key may not see them")
	case got.status != http.StatusOK:
		return ill("Alerts cannot be listed: %s", got.problem())
	}
	var all api.AlertList
	if err := json.Unmarshal(got.body, &all); err != nil {
		return ill("/v1/alerts answers something else than alerts: is HEED_URL the address of a heed of this version?")
	}
	if len(all.Items) == 0 {
		return skipped("none in this project")
	}
	wanted, on := 0, 0
	for i := range d.told {
		if d.told[i].Wants(heed.EventAlertFired) {
			wanted++
			if d.told[i].State == heed.EndpointActive {
				on++
			}
		}
	}
	watched := counted(int64(len(all.Items)), "alert")
	switch {
	case d.told == nil:
		return fine("%s; who is told, this key may not see", watched)
	case wanted == 0:
		return fine("%s, which the console alone shows: heed endpoint create has somebody told", watched)
	case on == 0:
		return ill("%s, and nobody is told: every endpoint that wants alerts is paused or disabled. heed endpoint list shows them, heed endpoint on has one go on.", watched)
	}
	return fine("%s, told to %s", watched, counted(int64(on), "endpoint"))
}
