package demo

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// Story is what the team made of a History that is stored: people tell that
// prompt v13 makes things up, somebody finds it, v14 repairs it, votes prove that
// it did, the people who spoke are told, and a weekly review closes it. Its times are in the past; what
// decides is measured on the votes of then, as it always is.
type Story struct {
	Project heed.ProjectID
	Member  store.User // who did the work
	End     time.Time  // of the history
	Days    int        // of the history
	Catalog store.Catalog
	Events  store.Events
}

// Tell writes the story into the catalog, unless there are findings already. A
// history that is too short for it has none.
func (s Story) Tell(ctx context.Context) error {
	known, err := s.Catalog.ListFindings(ctx, store.FindingQuery{Project: s.Project, Limit: 1})
	if err != nil || len(known) > 0 || s.Days < brokenDay {
		return err
	}
	verified, err := s.invented(ctx)
	if err != nil {
		return err
	}
	if err := s.lookBack(ctx, verified); err != nil {
		return err
	}
	if err := s.outdated(ctx); err != nil {
		return err
	}
	if err := s.watch(ctx); err != nil {
		return err
	}
	if err := s.collect(ctx); err != nil {
		return err
	}
	return s.handle(ctx)
}

// at is an hour of the day that was so many days before the end.
func (s Story) at(daysBefore, hour int) time.Time {
	return s.End.Truncate(24*time.Hour).AddDate(0, 0, -daysBefore).Add(time.Duration(hour) * time.Hour)
}

// by returns a context of what the member did.
func (s Story) by(ctx context.Context) context.Context {
	return audit.By(ctx, audit.Actor{Kind: audit.Member, ID: s.Member.ID, Name: s.Member.Name})
}

// invented is the finding that was carried to its end, and returns when that was
// proven; the zero time where it is not.
func (s Story) invented(ctx context.Context) (verified time.Time, err error) {
	made := s.at(brokenDay-4, 10)
	t := teller{Story: s, f: heed.Finding{
		Project: s.Project, ID: "fnd_demo_invented", Version: 1, Title: "The assistant invents order dates and prices", State: heed.FindingNew,
		Measure:   heed.FindingMeasure{Tag: "incorrect", Filter: heed.FindingFilter{"feature": {"support-chat"}}},
		Selection: heed.FindingSelection{Filter: heed.FindingFilter{"feature": {"support-chat"}, "tag": {"incorrect"}, "prompt_version": {"v13"}}, Since: s.at(brokenDay, 9)},
		CreatedAt: made, UpdatedAt: made, StateSince: made,
	}}
	t.create()
	due, prompt := made.AddDate(0, 0, 21).Format(time.DateOnly), heed.FindingCause("prompt")
	t.edit(made.Add(40*time.Minute), heed.FindingEdit{State: heed.FindingTriaged, Owner: &s.Member.ID, Due: &due})
	t.note(made.Add(2*time.Hour), "Read twenty of them. It began with v13: the prompt does not let the assistant ask back any more, so it guesses what it was not told.")
	t.edit(s.at(brokenDay-6, 9), heed.FindingEdit{State: heed.FindingFixing, Cause: &prompt, Public: text("Some answers named dates and prices that nobody had set.")})
	t.note(s.at(repairedDay+3, 15), "v14 asks for the order number when it is missing, and says so when it does not know. Passes our forty hardest questions.")
	t.edit(s.at(repairedDay, 10), heed.FindingEdit{State: heed.FindingFixed, Change: &heed.FindingChange{Name: "prompt", Value: "v14", Time: s.at(repairedDay, 9)}})
	t.verify(ctx)
	if t.f.State == heed.FindingVerified {
		verified = t.f.StateSince
	}
	t.edit(t.f.StateSince.Add(time.Hour), heed.FindingEdit{Public: text("The assistant asks for your order number now, and says so when it does not know.")})
	if err := t.tell(ctx); err != nil {
		return verified, err
	}
	return verified, t.shown(ctx)
}

// lookBack is the review of the week in which the fix was proven, which was closed
// with a decision that somebody has done since.
func (s Story) lookBack(ctx context.Context, verified time.Time) error {
	to := verified.Truncate(24 * time.Hour)
	for to.Weekday() != time.Monday || !to.After(verified) {
		to = to.AddDate(0, 0, 1)
	}
	at := to.Add(9 * time.Hour)
	if verified.IsZero() || at.Add(48*time.Hour).After(s.End) {
		return nil
	}
	freezer := review.NewFreezer(review.FreezerOptions{Events: s.Events, Record: s.Catalog, Latest: func(id heed.FindingID) (review.Assessment, bool) {
		f, err := s.Catalog.Finding(ctx, s.Project, id)
		if err != nil {
			return review.Assessment{}, false
		}
		a, err := review.Assess(ctx, s.Events, &f, at)
		return a, err == nil
	}})
	from := to.AddDate(0, 0, -7)
	document, err := freezer.Freeze(ctx, s.Project, review.Period{Before: from.AddDate(0, 0, -7), From: from, To: to}, nil, at)
	if err != nil {
		return err
	}
	r := heed.Review{
		Project: s.Project, ID: "rev_demo", Version: 1, State: heed.ReviewOpen, From: from, To: to, Due: at.AddDate(0, 0, 3), ByHand: true, Owner: s.Member.ID,
		Participants: []string{}, Texts: map[heed.ReviewSection]string{}, Decisions: []heed.ReviewDecision{}, Earlier: []heed.EarlierDecision{}, OpenedAt: at, UpdatedAt: at,
	}
	if r, err = s.Catalog.OpenReview(s.by(ctx), r, document); err != nil {
		return err
	}
	change := func(at time.Time, step heed.ReviewStep) {
		if err == nil {
			if err = r.Apply(step.ReviewEdit, at); err == nil {
				err = s.Catalog.ChangeReview(s.by(ctx), r, step)
			}
		}
	}
	change(at.Add(20*time.Minute), heed.ReviewStep{Kind: heed.ReviewEdited, ReviewEdit: heed.ReviewEdit{Texts: map[heed.ReviewSection]string{
		heed.SectionSummary: "v14 did what we hoped. We found it by reading twenty comments, and would have found it a week sooner by looking at v13 on the day it came.",
	}}})
	if err != nil {
		return err
	}
	decision, err := r.Decide(heed.ReviewDecision{
		Text: "Ask every new prompt our forty hardest questions before it goes out", Person: s.Member.ID, Due: at.AddDate(0, 0, 7).Format(time.DateOnly),
		By: heed.ReviewActor{Kind: string(audit.Member), ID: s.Member.ID, Name: s.Member.Name},
	}, at.Add(30*time.Minute))
	if err == nil {
		err = s.Catalog.ChangeReview(s.by(ctx), r, heed.ReviewStep{Kind: heed.ReviewDecided, Decision: decision.Number})
	}
	change(at.Add(45*time.Minute), heed.ReviewStep{Kind: heed.ReviewFinished, ReviewEdit: heed.ReviewEdit{State: heed.ReviewClosed}})
	if err != nil {
		return err
	}
	return s.Catalog.SettleDecision(s.by(ctx), s.Project, r.ID, decision.Number,
		heed.ReviewStep{Kind: heed.ReviewOutcome, Decision: decision.Number, Outcome: heed.DecisionDone, Note: "Part of the build now."}, at.Add(30*time.Hour))
}

// collected is how many answers the team read and kept to test prompts by.
const collected = 40

// collect marks what prompt v13 made up and has a dataset built of it, which the
// server does by itself.
func (s Story) collect(ctx context.Context) error {
	made := s.at(repairedDay-2, 11)
	d := heed.Dataset{
		Project: s.Project, ID: "ds_demo_questions", Name: "Forty hardest questions", Purpose: heed.ForEvaluation, PersonCap: heed.DefaultPersonCap,
		Selection: heed.DatasetSelection{Filter: heed.FindingFilter{"feature": {"support-chat"}, "tag": {"incorrect"}, "prompt_version": {"v13"}}},
		CreatedAt: made, CreatedBy: s.Member.ID,
	}
	read, err := s.Events.Feedbacks(ctx, query.Page{
		Project: s.Project, Filter: review.FilterOf(d.Selection.Filter), Window: query.Window{From: s.at(brokenDay, 0), To: made}, Limit: collected,
	})
	var marks []heed.DatasetMark
	for i := range read {
		marks = append(marks, heed.DatasetMark{
			Project: s.Project, Feedback: read[i].ID, Purpose: d.Purpose, Texts: true,
			Given: read[i].CreatedAt, Respondent: read[i].Respondent, By: s.Member.ID, At: made,
		})
	}
	ctx = s.by(ctx)
	if err == nil {
		_, err = s.Catalog.Mark(ctx, marks)
	}
	if err == nil {
		err = s.Catalog.CreateDataset(ctx, d)
	}
	if err == nil {
		_, err = s.Catalog.BeginVersion(ctx, heed.DatasetVersion{Project: s.Project, Dataset: d.ID, BegunAt: made, BegunBy: s.Member.ID})
	}
	return err
}

// handled is how many days ago the team has last been through its inbox.
const handled = 4

// handle takes out of the inbox what the team looked at, once that is there.
func (s Story) handle(ctx context.Context) error {
	stored, err := s.Events.Position(ctx)
	for err == nil {
		var seen store.Seq
		if seen, err = s.Catalog.InboxPosition(ctx); err == nil && seen >= stored {
			break
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	q := store.InboxQuery{Project: s.Project, By: s.End.AddDate(0, 0, -handled), Limit: query.MaxLimit}
	for changed := q.Limit; err == nil && changed == q.Limit; {
		changed, q.After, err = s.Catalog.ChangeInboxAll(s.by(ctx), q, heed.InboxEdit{State: heed.InboxDone}, heed.Instant(time.Now()))
	}
	return err
}

// outdatedDay is how many days before the end somebody found that.
const outdatedDay = 5

// outdated is one that waits for somebody.
func (s Story) outdated(ctx context.Context) error {
	made := s.at(outdatedDay, 14)
	t := teller{Story: s, f: heed.Finding{
		Project: s.Project, ID: "fnd_demo_outdated", Version: 1, Title: "Document search quotes old versions of the handbook", State: heed.FindingNew,
		Measure:   heed.FindingMeasure{Tag: "outdated_source", Filter: heed.FindingFilter{"feature": {"doc-search"}}},
		Selection: heed.FindingSelection{Filter: heed.FindingFilter{"feature": {"doc-search"}, "tag": {"outdated_source"}}, Since: made.Add(-review.Lookback)},
		CreatedAt: made, UpdatedAt: made, StateSince: made,
	}}
	t.create()
	retrieval := heed.FindingCause("retrieval")
	t.edit(made.Add(time.Hour), heed.FindingEdit{State: heed.FindingTriaged, Cause: &retrieval, Public: text("Some answers quote an older version of the handbook.")})
	return t.tell(ctx)
}

// teller takes one finding along its way: first to itself, and then all of it to
// the catalog, since a server is at work that would judge what is only begun.
type teller struct {
	Story
	f     heed.Finding
	steps []func(context.Context) error
	err   error
}

func (t *teller) create() {
	f := t.f
	t.steps = append(t.steps, func(ctx context.Context) error {
		return t.Catalog.CreateFinding(t.by(ctx), f, heed.FindingStep{FindingEdit: heed.FindingEdit{Title: &f.Title, State: f.State, Measure: &f.Measure}})
	})
}

func (t *teller) edit(at time.Time, e heed.FindingEdit) {
	if t.err != nil {
		return
	}
	if t.err = t.f.Apply(e, false, at); t.err == nil {
		f := t.f
		t.steps = append(t.steps, func(ctx context.Context) error {
			return t.Catalog.ChangeFinding(t.by(ctx), f, heed.FindingStep{FindingEdit: e})
		})
	}
}

func (t *teller) note(at time.Time, note string) {
	t.steps = append(t.steps, func(ctx context.Context) error {
		return t.Catalog.NoteFinding(t.by(ctx), t.f.Project, t.f.ID, note, at)
	})
}

// ChangeFinding takes what Heed decides by itself.
func (t *teller) ChangeFinding(_ context.Context, f heed.Finding, step heed.FindingStep) error {
	t.steps = append(t.steps, func(ctx context.Context) error {
		return t.Catalog.ChangeFinding(audit.By(ctx, audit.Actor{Kind: audit.Server}), f, step)
	})
	return nil
}

// verify lets Heed look at the finding once a day from its change on, until it
// decides.
func (t *teller) verify(ctx context.Context) {
	for at := t.f.StateSince.Add(24 * time.Hour); t.err == nil && t.f.State == heed.FindingFixed && at.Before(t.End); at = at.Add(24 * time.Hour) {
		_, t.err = review.Judge(ctx, t, t.Events, &t.f, at)
	}
}

// tell writes all of it.
func (t *teller) tell(ctx context.Context) error {
	for _, step := range t.steps {
		if t.err == nil {
			t.err = step(ctx)
		}
	}
	return t.err
}

// shown lets some of the people who spoke see what became of it.
func (t *teller) shown(ctx context.Context) error {
	given, err := t.Events.Feedbacks(ctx, query.Page{
		Project: t.f.Project, Filter: review.FilterOf(t.f.Selection.Filter), Window: review.Joins(&t.f), Limit: 100,
	})
	for i := 0; i < len(given) && err == nil; i += 3 {
		told := t.f.FollowUp(t.End)
		told.Feedback = given[i].ID
		err = t.Catalog.NoteFollowUp(ctx, t.f.Project, told, t.f.StateSince.Add(time.Duration(i+2)*time.Hour))
	}
	return err
}

func text(s string) *string { return &s }
