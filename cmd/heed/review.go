package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type reviewCommand struct {
	List    reviewList    `cmd:"" help:"List reviews, newest first."`
	Show    reviewShow    `cmd:"" help:"Print one as Markdown, HTML or JSON."`
	Open    reviewOpen    `cmd:"" help:"Open one now, of the time since the last."`
	Write   reviewWrite   `cmd:"" help:"Write what a section means."`
	Decide  reviewDecide  `cmd:"" help:"Take a decision: a finding, or something that a member does by a day."`
	Outcome reviewOutcome `cmd:"" help:"Say what became of a decision."`
	Close   reviewClose   `cmd:"" help:"Close one, which then stays as it is."`
	Cadence reviewCadence `cmd:"" help:"Show or set when reviews are due, and who takes part."`
}

type reviewList struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists reviews, newest first.
func (cmd reviewList) Run(env *environment) error {
	all, err := allPages[api.ReviewItem](env, cmd.remote, "/v1/reviews", url.Values{"limit": {"100"}})
	if err != nil {
		return err
	}
	return printAll(env, cmd.JSON, all, []string{"ID", "NUMBER", "FROM", "TO", "STATE", "DECISIONS", "OWNER"}, func(r *api.ReviewItem) []string {
		state := string(r.State)
		if r.Overdue {
			state += ", overdue"
		}
		return []string{
			string(r.ID), strconv.FormatInt(r.Number, 10), r.From.Format(time.DateOnly), r.To.Format(time.DateOnly), state,
			strconv.Itoa(len(r.Decisions)), plain(r.OwnerName),
		}
	})
}

type reviewShow struct {
	remote
	ID string `arg:"" optional:"" default:"latest" help:"Id of the review; the latest unless told otherwise."`
	As string `enum:"markdown,html,json" default:"markdown" help:"markdown, html or json."`

	Exact bool `help:"With numbers of few people, too: not for others to read."`
}

// Run prints one review.
func (cmd reviewShow) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	accept := map[string]string{"markdown": "text/markdown", "html": "text/html", "json": "application/json"}[cmd.As]
	numbers := "crowds"
	if cmd.Exact {
		numbers = "exact"
	}
	return c.stream(env.ctx, question{method: http.MethodGet, path: reviewPath(cmd.ID) + "?numbers=" + numbers, accept: accept}, env.stdout)
}

func reviewPath(id string) string { return "/v1/reviews/" + url.PathEscape(id) }

type reviewOpen struct{ remote }

// Run opens a review now.
func (cmd reviewOpen) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var r api.ReviewDetail
	if err := c.do(env.ctx, http.MethodPost, "/v1/reviews", "", nil, &r); err != nil {
		return err
	}
	return printReview(env.stdout, &r)
}

func printReview(w io.Writer, r *api.ReviewDetail) error {
	_, err := fmt.Fprintf(w, "%s  %s\n%s\n%s\n", r.ID, plain(r.Title), plain(r.Standing), plain(r.Summary))
	return err
}

type reviewWrite struct {
	remote
	Section string  `arg:"" enum:"summary,numbers,changes,problems,findings,fixes,people,quality,decisions" help:"summary, numbers, changes, problems, findings, fixes, people, quality or decisions."`
	Text    *string `arg:"" optional:"" help:"What it means; from the standard input unless given. An empty text takes away what is there."`
	ID      string  `name:"review" default:"latest" help:"Id of the review; the latest unless told otherwise." placeholder:"ID"`
}

// maxReviewInput bounds what is read of the standard input: a section takes less.
const maxReviewInput = 1 << 20

// Run writes a section.
func (cmd reviewWrite) Run(env *environment) error {
	text := cmd.Text
	if text == nil {
		read, err := io.ReadAll(io.LimitReader(env.stdin, maxReviewInput))
		if err != nil {
			return err
		}
		text = new(string(read))
	}
	edit := heed.ReviewEdit{Texts: map[heed.ReviewSection]string{heed.ReviewSection(cmd.Section): *text}}
	return cmd.remote.changeReview(env, cmd.ID, edit)
}

type reviewClose struct {
	remote
	ID string `arg:"" optional:"" default:"latest" help:"Id of the review; the latest unless told otherwise."`
}

// Run closes a review.
func (cmd reviewClose) Run(env *environment) error {
	return cmd.remote.changeReview(env, cmd.ID, heed.ReviewEdit{State: heed.ReviewClosed})
}

// changeReview makes an edit of a review as it is now.
func (r remote) changeReview(env *environment, id string, edit heed.ReviewEdit) error {
	c, err := r.client()
	if err != nil {
		return err
	}
	var found api.ReviewDetail
	if err := c.do(env.ctx, http.MethodGet, reviewPath(id), "", nil, &found); err != nil {
		return err
	}
	body := api.ReviewChangeBody{Version: &found.Version, ReviewEdit: edit}
	if err := c.do(env.ctx, http.MethodPatch, reviewPath(string(found.ID)), "", body, &found); err != nil {
		return err
	}
	return printReview(env.stdout, &found)
}

type reviewDecide struct {
	remote
	Text    string `arg:"" help:"What is decided."`
	Person  string `help:"Who does it: name or id of a member." placeholder:"NAME"`
	Due     string `help:"By when, such as 2026-03-31." placeholder:"DAY"`
	Finding string `help:"Id of the finding that it is." placeholder:"ID"`
	New     bool   `help:"It is a new finding."`
	ID      string `name:"review" default:"latest" help:"Id of the review; the latest unless told otherwise." placeholder:"ID"`
}

// Run takes a decision.
func (cmd reviewDecide) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var found api.ReviewDetail
	if err := c.do(env.ctx, http.MethodGet, reviewPath(cmd.ID), "", nil, &found); err != nil {
		return err
	}
	person, err := memberID(env.ctx, c, cmd.Person)
	if err != nil {
		return err
	}
	body := api.ReviewDecisionBody{Version: &found.Version, Text: cmd.Text, Finding: heed.FindingID(cmd.Finding), Person: person, Due: cmd.Due}
	if cmd.New {
		body.New = &api.FindingBody{Title: cmd.Text}
		if person != "" {
			body.New.Owner = &person
		}
		if cmd.Due != "" {
			body.New.Due = &cmd.Due
		}
		body.Person, body.Due = "", ""
	}
	if err := c.do(env.ctx, http.MethodPost, reviewPath(string(found.ID))+"/decisions", "", body, &found); err != nil {
		return err
	}
	if n := len(found.Decisions); n > 0 {
		d := found.Decisions[n-1]
		_, err = fmt.Fprintf(env.stdout, "decision %d of review %d: %s\n", d.Number, found.Number, plain(strings.TrimSpace(d.Text+" "+string(d.Finding))))
	}
	return err
}

// memberID finds a member by name or id; nobody where neither is given.
func memberID(ctx context.Context, c *client, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	var owners api.FindingOwnerList
	if err := c.do(ctx, http.MethodGet, "/v1/findings/owners", "", nil, &owners); err != nil {
		return "", err
	}
	for _, o := range owners.Items {
		if o.ID == name || o.Name == name {
			return o.ID, nil
		}
	}
	return "", fmt.Errorf("there is no such member: nobody called %s may own findings and reviews; heed user list shows who there is", plain(name))
}

type reviewOutcome struct {
	remote
	Number  int64  `arg:"" help:"Number of the decision in its review."`
	Outcome string `arg:"" enum:"done,dropped,open" help:"done, dropped, or open to take back what was said."`
	Note    string `help:"What became of it; needed where it was dropped."`
	ID      string `name:"review" default:"latest" help:"Id of the review that decided it; the latest unless told otherwise." placeholder:"ID"`
}

// Run says what became of a decision.
func (cmd reviewOutcome) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	body := api.ReviewOutcomeBody{Outcome: heed.DecisionOutcome(cmd.Outcome), Note: cmd.Note}
	if cmd.Outcome == "open" {
		body.Outcome = ""
	}
	var found api.ReviewDetail
	if err := c.do(env.ctx, http.MethodPatch, fmt.Sprintf("%s/decisions/%d", reviewPath(cmd.ID), cmd.Number), "", body, &found); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "decision %d of review %d: %s\n", cmd.Number, found.Number, cmd.Outcome)
	return err
}
