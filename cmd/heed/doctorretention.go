package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/heed-ai/heed/internal/retain"
)

// retentionGrace is how long after its time a nightly run may still be at work.
const retentionGrace = 3 * time.Hour

// checkRetention says whether what is over its days is deleted.
func (d *doctor) checkRetention(ctx context.Context) diagnosis {
	switch {
	case d.base == "":
		return unreachable()
	case !d.keyReads:
		return skipped("that takes a key that reads")
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/retention", "", withKey(d.cmd.Key)...)
	switch {
	case err != nil:
		return ill("No answer on /v1/retention: %v.", err)
	case got.status == http.StatusForbidden:
		return skipped("this key may not see settings")
	case got.status != http.StatusOK:
		return ill("/v1/retention answers: %s", got.problem())
	}
	var s retain.Status
	if err := json.Unmarshal(got.body, &s); err != nil {
		return ill("/v1/retention answers something else than retention: is HEED_URL the address of a heed of this version?")
	}
	switch {
	case s.Clock != retain.ClockTrusted:
		return ill("Nothing is deleted, as the server's clock is not trusted (%s): it shows %s. See that this is right, then heed retention confirm.", s.Clock, s.Now.Format(time.DateTime))
	case s.Now.After(s.NextRun.Add(retentionGrace)):
		return ill("What is over its days is not deleted: the run of %s is late. See the server's log.", s.NextRun.Format(time.DateTime))
	case s.File.Trouble != "":
		return ill("What was deleted has not left the disk: %s. heed retention shows since when.", s.File.Trouble)
	case s.Lacking > 0:
		return ill("The ledger of erasures lacks %s that the data knows of, so whoever was erased after a restored backup is served again. Stop the server, put the newest copy of erasures.ledger into the data directory, and start it.", counted(s.Lacking, "demand"))
	case s.LastRun.IsZero():
		return fine("the next run is at %s", s.NextRun.Format(time.DateTime))
	}
	return fine("the last run was at %s, the next is at %s", s.LastRun.Format(time.DateTime), s.NextRun.Format(time.DateTime))
}
