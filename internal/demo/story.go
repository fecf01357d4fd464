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
// it did, and the people who spoke are told. Its times are in the past; what
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
	if err := s.invented(ctx); err != nil {
		return err
	}
	return s.outdated(ctx)
}

// at is an hour of the day that was so many days before the end.
func (s Story) at(daysBefore, hour int) time.Time {
	return s.End.Truncate(24*time.Hour).AddDate(0, 0, -daysBefore).Add(time.Duration(hour) * time.Hour)
}

// invented is the finding that was carried to its end.
func (s Story) invented(ctx context.Context) error {
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
	t.edit(t.f.StateSince.Add(time.Hour), heed.FindingEdit{Public: text("The assistant asks for your order number now, and says so when it does not know.")})
	if err := t.tell(ctx); err != nil {
		return err
	}
	return t.shown(ctx)
}

// outdated is one that waits for somebody.
func (s Story) outdated(ctx context.Context) error {
	made := s.at(5, 14)
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

func (t *teller) by(ctx context.Context) context.Context {
	return audit.By(ctx, audit.Actor{Kind: audit.Member, ID: t.Member.ID, Name: t.Member.Name})
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
