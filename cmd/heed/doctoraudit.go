package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/audit/publish"
)

// auditGrace is how long after its hour a checkpoint may still be on its way: the
// webhook is tried five times.
const auditGrace = 10 * time.Minute

// checkAudit says whether checkpoints of the audit log leave the machine, so that
// they vouch for what was done.
func (d *doctor) checkAudit(ctx context.Context) diagnosis {
	switch {
	case d.base == "":
		return unreachable()
	case !d.keyReads:
		return skipped("that takes a key that reads")
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/audit/published", "", withKey(d.cmd.Key)...)
	switch {
	case err != nil:
		return ill("No answer on /v1/audit/published: %v.", err)
	case got.status == http.StatusForbidden:
		return skipped("this key may not have checkpoints")
	case got.status == http.StatusNotFound:
		return skipped("the server does not say which checkpoints left it")
	case got.status != http.StatusOK:
		return ill("/v1/audit/published answers: %s", got.problem())
	}
	var s api.AuditPublished
	if err := json.Unmarshal(got.body, &s); err != nil {
		return ill("/v1/audit/published answers something else than checkpoints: is HEED_URL the address of a heed of this version?")
	}
	if wrong := lateCheckpoint(&s, &s.Log); wrong != "" {
		return ill("Nothing vouches for %s. See the server's log; heed audit verify says whether the audit log is damaged.", wrong)
	}
	if s.Webhook != nil {
		if wrong := lateCheckpoint(&s, s.Webhook); wrong != "" {
			return ill("The audit webhook has no checkpoint of %s. See audit.webhook in the server's configuration; the server's log has them.", wrong)
		}
	}
	switch {
	case s.Log.At.IsZero():
		return fine("%s; the first checkpoint leaves now", counted(s.Records, "record"))
	case s.Webhook != nil && s.Webhook.At.IsZero():
		return fine("the last checkpoint was made at %s, and is on its way to the webhook", s.Log.At.Format(time.DateTime))
	case s.Webhook != nil:
		return fine("the last checkpoint was made at %s, and the webhook took its last at %s; %s", s.Log.At.Format(time.DateTime), s.Webhook.At.Format(time.DateTime), vouched(&s, s.Webhook))
	}
	return fine("the last checkpoint was made at %s, for the server's log; %s", s.Log.At.Format(time.DateTime), vouched(&s, &s.Log))
}

// lateCheckpoint names the records that one way out has kept waiting for longer than
// a checkpoint takes; empty where it has not.
func lateCheckpoint(s *api.AuditPublished, way *api.AuditSent) string {
	waiting := s.Records - way.Records
	switch {
	case waiting > 0 && way.Trouble != "":
		return fmt.Sprintf("%s, the first of which waits since %s: %s", counted(waiting, "record"), way.WaitingSince.Format(time.DateTime), way.Trouble)
	case waiting > 0 && s.Now.Sub(way.WaitingSince) > publish.Every+auditGrace:
		return fmt.Sprintf("%s, the first of which waits since %s, and one is due every hour", counted(waiting, "record"), way.WaitingSince.Format(time.DateTime))
	}
	return ""
}

// vouched says how much the last checkpoint vouches for.
func vouched(s *api.AuditPublished, way *api.AuditSent) string {
	if waiting := s.Records - way.Records; waiting > 0 {
		return fmt.Sprintf("it vouches for %s, and %d more wait for the next", counted(way.Records, "record"), waiting)
	}
	return fmt.Sprintf("it vouches for all %s", counted(way.Records, "record"))
}
