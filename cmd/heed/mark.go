package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/capture/native"
)

type markCommand struct {
	remote
	Name  string `arg:"" help:"What changed: prompt, model, release, …"`
	Value string `arg:"" optional:"" help:"What it is now, such as v14."`
	Note  string `help:"A note for whoever reads the charts; it is stored sealed."`
	Time  moment `help:"When it changed: a date, or a time in RFC 3339; now unless told otherwise." placeholder:"TIME"`
}

// Run records a change.
func (cmd markCommand) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	event := map[string]any{"type": "change", "name": cmd.Name}
	if cmd.Value != "" {
		event["value"] = cmd.Value
	}
	if cmd.Note != "" {
		event["note"] = cmd.Note
	}
	if !cmd.Time.IsZero() {
		event["time"] = cmd.Time.Time
	}
	var answer native.EventsAnswer
	if err := c.do(env.ctx, http.MethodPost, "/v1/events", "", map[string]any{"events": []any{event}}, &answer); err != nil {
		return err
	}
	for _, r := range answer.Rejected {
		return fmt.Errorf("the change was not accepted: %s", r.Message)
	}
	at := cmd.Time.Time
	if at.IsZero() {
		at = time.Now()
	}
	_, err = fmt.Fprintf(env.stdout, "Marked: %s at %s.\n", strings.TrimSpace(cmd.Name+" "+cmd.Value), at.UTC().Format(time.RFC3339))
	return err
}
