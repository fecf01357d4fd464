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
	for _, e := range all.Items {
		switch {
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
	return fine("%d, and each takes what it is sent", len(all.Items))
}
