package api

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// maxReviewBytes bounds the body of what changes a review: each of its sections
// once.
const maxReviewBytes = 128 << 10

// reviewShape is what the body of what changes a review must be.
const reviewShape = findingShape

// ReviewChangeBody describes what PATCH /v1/reviews/{id} takes.
type ReviewChangeBody struct {
	Version *int64 `json:"version,omitempty" doc:"The version that was read."`
	heed.ReviewEdit
}

// ReviewDecisionBody describes what POST /v1/reviews/{id}/decisions takes.
type ReviewDecisionBody struct {
	Version *int64         `json:"version,omitempty" doc:"The version that was read."`
	Text    string         `json:"text" maxLength:"500" doc:"What is decided."`
	Finding heed.FindingID `json:"finding,omitempty" doc:"Of a finding that is there: its id."`
	New     *FindingBody   `json:"new,omitempty" doc:"Of a finding that it makes, as POST /v1/findings takes it; the title is the text unless told otherwise."`
	Person  string         `json:"person,omitempty" doc:"Of an assignment: id of the member who does it."`
	Due     string         `json:"due,omitempty" doc:"Of an assignment: the day by which, such as 2026-03-31."`
}

// ReviewOutcomeBody describes what PATCH /v1/reviews/{id}/decisions/{number} takes.
type ReviewOutcomeBody struct {
	Outcome heed.DecisionOutcome `json:"outcome" enum:",done,dropped"`
	Note    string               `json:"note,omitempty" maxLength:"500" doc:"What became of it; needed where it was dropped."`
}

func (a *API) openReview(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	opened, err := a.scheduler.Open(r.Context(), who.Project, time.Now())
	if err != nil {
		return nil, err
	}
	return a.answerReview(w, r, opened)
}

// readVersioned reads a body that says of which version it is.
func readVersioned(w http.ResponseWriter, r *http.Request, into any, version **int64) error {
	if err := readStrict(w, r, maxReviewBytes, into, reviewShape); err != nil {
		return err
	}
	return versioned(r, version)
}

// reviewToChange reads the review that the path names, if it is open and of a
// version.
func (a *API) reviewToChange(r *http.Request, who access.Principal, version int64) (heed.Review, error) {
	found, err := a.review(r, who, r.PathValue("id"))
	if err != nil {
		return found, err
	}
	if err := found.MayChange(); err != nil {
		return found, err
	}
	if version != found.Version {
		return found, heed.Errorf(heed.Conflict, "somebody changed this review meanwhile, so yours was not made: look at it as it is now, then change it again")
	}
	return found, nil
}

func (a *API) changeReview(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in ReviewChangeBody
	if err := readVersioned(w, r, &in, &in.Version); err != nil {
		return nil, err
	}
	if in.IsZero() {
		return nil, heed.InvalidField("body", "changes nothing")
	}
	found, err := a.reviewToChange(r, who, *in.Version)
	if err != nil {
		return nil, err
	}
	if len(in.Texts) > 0 {
		if err := access.PrincipalOf(r.Context()).May(access.ReadTexts); err != nil {
			return nil, err // who cannot read what stands there would overwrite it
		}
	}
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	for section, text := range in.Texts {
		if err := by.texts(r.Context(), &text); err != nil {
			return nil, err
		}
		in.Texts[section] = strings.TrimSpace(text)
	}
	if err := found.Apply(in.ReviewEdit, heed.Instant(time.Now())); err != nil {
		return nil, err
	}
	step := heed.ReviewStep{Kind: heed.ReviewEdited, ReviewEdit: in.ReviewEdit}
	if in.State == heed.ReviewClosed {
		step.Kind = heed.ReviewFinished
		if found.Earlier, err = review.Earlier(r.Context(), a.catalog, &found); err != nil {
			return nil, err
		}
	}
	if err := a.catalog.ChangeReview(r.Context(), found, step); err != nil {
		return nil, noReview(err)
	}
	return a.answerReview(w, r, found)
}

func (a *API) decideInReview(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in ReviewDecisionBody
	if err := readVersioned(w, r, &in, &in.Version); err != nil {
		return nil, err
	}
	found, err := a.reviewToChange(r, who, *in.Version)
	if err != nil {
		return nil, err
	}
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	d := heed.ReviewDecision{Text: in.Text, Finding: in.Finding, Person: in.Person, Due: in.Due}
	if err := by.texts(r.Context(), &d.Text); err != nil {
		return nil, err
	}
	var made []store.NewFinding
	if in.New != nil {
		if in.Finding != "" {
			return nil, heed.InvalidField("body.new", "goes without finding: a decision is one finding")
		}
		if in.New.Title == "" {
			in.New.Title = in.Text
		}
		if len(in.New.Feedback) > 0 {
			return nil, heed.InvalidField("body.new.feedback", "goes with POST /v1/findings alone: name that finding here")
		}
		one, err := a.newFinding(r.Context(), who.Project, heed.FindingID("fnd_"+rand.Text()), in.New)
		if err != nil {
			return nil, err
		}
		d.Finding = one.Finding.ID
		made = append(made, one)
	}
	d, err = found.Decide(d, heed.Instant(time.Now()))
	if err != nil {
		return nil, err
	}
	step := heed.ReviewStep{Kind: heed.ReviewDecided, Decision: d.Number}
	if err := a.catalog.ChangeReview(r.Context(), found, step, made...); err != nil {
		return nil, noReview(err)
	}
	if len(made) > 0 {
		a.watcher.Kick()
		a.inbox.Kick()
	}
	if found, err = a.catalog.Review(r.Context(), found.Project, found.ID); err != nil {
		return nil, err
	}
	return a.answerReview(w, r, found)
}

func (a *API) settleDecision(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in ReviewOutcomeBody
	if err := readStrict(w, r, maxReviewBytes, &in, reviewShape); err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return nil, heed.Errorf(heed.NotFound, "there is no such review or decision")
	}
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	if err := by.texts(r.Context(), &in.Note); err != nil {
		return nil, err
	}
	in.Note = strings.TrimSpace(in.Note)
	if err := heed.CheckOutcome(in.Outcome, in.Note); err != nil {
		return nil, err
	}
	found, err := a.review(r, who, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	step := heed.ReviewStep{Outcome: in.Outcome, Note: in.Note}
	if err := a.catalog.SettleDecision(r.Context(), found.Project, found.ID, number, step, heed.Instant(time.Now())); err != nil {
		return nil, noReview(err)
	}
	if found, err = a.catalog.Review(r.Context(), found.Project, found.ID); err != nil {
		return nil, err
	}
	return a.answerReview(w, r, found)
}
