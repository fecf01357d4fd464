package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

// selected names what a filter and a time choose.
type selected struct {
	Filter []string `help:"What matches, such as feature=search; may stand several times." placeholder:"NAME=VALUE" sep:"none"`
	From   moment   `help:"What was given since then: a date, or a time in RFC 3339." placeholder:"TIME"`
	To     moment   `help:"What was given before then." placeholder:"TIME"`
}

func (s selected) isZero() bool { return len(s.Filter) == 0 && s.From.IsZero() && s.To.IsZero() }

type datasetCreate struct {
	remote
	Name    string `arg:"" help:"What it is called."`
	Purpose string `arg:"" enum:"training,evaluation" help:"training or evaluation: what it takes of what is marked."`
	selected
	PersonCap *int   `help:"How many items of one person, the newest; 20 unless told otherwise, 0 for all." placeholder:"N"`
	License   string `help:"That its card states, such as cc-by-4.0." placeholder:"LICENSE"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run makes a dataset and says what it can be built of.
func (cmd datasetCreate) Run(env *environment) error {
	filter, err := filterOf(cmd.Filter)
	if err != nil {
		return err
	}
	made, err := ask[api.DatasetDetail](env, cmd.remote, http.MethodPost, "/v1/datasets", api.DatasetBody{
		Name: cmd.Name, Purpose: heed.DatasetPurpose(cmd.Purpose), PersonCap: cmd.PersonCap, License: cmd.License,
		Selection: heed.DatasetSelection{Filter: filter, From: cmd.From.Time, To: cmd.To.Time},
	})
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, made, func(d *api.DatasetDetail) string {
		return fmt.Sprintf("%s is made, as %s. Marked for %s: %s. Build it: heed dataset build %s", plain(d.Name), d.ID, d.Purpose, grouped(d.Marked), d.ID)
	})
}

type datasetAdd struct {
	remote
	Purpose  string            `arg:"" enum:"training,evaluation" help:"training or evaluation."`
	Feedback []heed.FeedbackID `arg:"" optional:"" help:"Ids of feedback; or else a filter or a time."`
	selected
	JSON bool `name:"json" help:"Print JSON."`
}

// Run marks feedback by a key, which says that nobody looked at its texts.
func (cmd datasetAdd) Run(env *environment) error {
	if cmd.isZero() == (len(cmd.Feedback) == 0) {
		return errors.New("say what to mark: ids of feedback, or --filter, --from or --to")
	}
	filter, err := filterOf(cmd.Filter)
	if err != nil {
		return err
	}
	purpose := heed.DatasetPurpose(cmd.Purpose)
	bodies := []api.MarkBody{}
	for some := range slices.Chunk(cmd.Feedback, heed.MaxMarkBatch) {
		bodies = append(bodies, api.MarkBody{Purpose: purpose, Feedback: some})
	}
	if len(bodies) == 0 {
		bodies = append(bodies, api.MarkBody{Purpose: purpose, Filter: filter, From: sinceOf(cmd.From), To: sinceOf(cmd.To)})
	}
	var all api.Marked
	for _, body := range bodies {
		marked, err := ask[api.Marked](env, cmd.remote, http.MethodPost, "/v1/datasets/marks", body)
		if err != nil {
			return err
		}
		all.Marked, all.Matched = all.Marked+marked.Marked, all.Matched+marked.Matched
	}
	return printOne(env, cmd.JSON, &all, func(m *api.Marked) string {
		return fmt.Sprintf("%s for %s, %s of them new: votes, tags and names. Their texts are used once a member looked at them and says so in the console.",
			counted(int64(m.Matched), "item"), purpose, grouped(int64(m.Marked)))
	})
}

// sinceOf is a time, or nothing.
func sinceOf(m moment) *time.Time {
	if m.IsZero() {
		return nil
	}
	return &m.Time
}

type datasetRemove struct {
	remote
	Purpose  string            `arg:"" enum:"training,evaluation" help:"training or evaluation."`
	Feedback []heed.FeedbackID `arg:"" help:"Ids of feedback."`
	JSON     bool              `name:"json" help:"Print JSON."`
}

// Run takes marks back.
func (cmd datasetRemove) Run(env *environment) error {
	var all api.Unmarked
	for some := range slices.Chunk(cmd.Feedback, heed.MaxMarkBatch) {
		unmarked, err := ask[api.Unmarked](env, cmd.remote, http.MethodPost, "/v1/datasets/unmarks", api.UnmarkBody{Purpose: heed.DatasetPurpose(cmd.Purpose), Feedback: some})
		if err != nil {
			return err
		}
		all.Unmarked += unmarked.Unmarked
	}
	return printOne(env, cmd.JSON, &all, func(u *api.Unmarked) string {
		return fmt.Sprintf("%s for %s taken back. Versions that had the feedback are stale: heed dataset build makes the next without.", counted(int64(u.Unmarked), "mark"), cmd.Purpose)
	})
}
