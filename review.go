package heed

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// ReviewID names a review within a project.
type ReviewID string

// ReviewState says whether a review may still be edited.
type ReviewState string

const (
	ReviewOpen   ReviewState = "open"
	ReviewClosed ReviewState = "closed" // it stays as it is
)

// Review is a look back at a period: numbers that Heed froze when it was due,
// what members wrote about them, and what they decided. Its document never
// changes; everything else is what its events made of it, until it is closed.
type Review struct {
	Project ProjectID `json:"-"`
	ID      ReviewID  `json:"id"`
	Number  int64     `json:"number" doc:"From 1 within the project."`
	// Version rises by one with every edit and decision.
	Version int64       `json:"version"`
	State   ReviewState `json:"state" enum:"open,closed"`

	From   time.Time `json:"from" doc:"The period that it is about."`
	To     time.Time `json:"to"`
	Due    time.Time `json:"due" doc:"When it is to be closed; it is overdue from then on."`
	ByHand bool      `json:"by_hand" doc:"Somebody opened it, and no cadence."`
	Missed int       `json:"missed,omitempty" doc:"How many periods before this one have no review, because Heed did not run."`

	Owner        string                   `json:"owner,omitempty" doc:"Id of the member who leads it."`
	Participants []string                 `json:"participants" doc:"Ids of members."`
	Texts        map[ReviewSection]string `json:"texts" doc:"What members wrote, by section."`
	Decisions    []ReviewDecision         `json:"decisions"`
	Earlier      []EarlierDecision        `json:"earlier" doc:"What earlier reviews decided, and what became of it: as it was when this one was closed, or is now."`

	OpenedAt  time.Time `json:"opened_at"`
	UpdatedAt time.Time `json:"updated_at"`
	ClosedAt  time.Time `json:"closed_at,omitzero"`
	OverdueAt time.Time `json:"-"` // when it was told of as overdue
}

// ReviewSection is a part of a review that members write to.
type ReviewSection string

const (
	SectionSummary   ReviewSection = "summary"
	SectionNumbers   ReviewSection = "numbers"
	SectionChanges   ReviewSection = "changes"
	SectionProblems  ReviewSection = "problems"
	SectionFindings  ReviewSection = "findings"
	SectionFixes     ReviewSection = "fixes"
	SectionPeople    ReviewSection = "people"
	SectionQuality   ReviewSection = "quality"
	SectionDecisions ReviewSection = "decisions"
)

// ReviewSections lists every section, in the order of the document.
func ReviewSections() []ReviewSection {
	return []ReviewSection{
		SectionSummary, SectionNumbers, SectionChanges, SectionProblems, SectionFindings, SectionFixes, SectionPeople, SectionQuality, SectionDecisions,
	}
}

// Limits of one review, in bytes and numbers.
const (
	MaxReviewText         = 8000 // of one section
	MaxReviewDecision     = 500  // of one decision, or of what became of it
	MaxReviewDecisions    = 50
	MaxReviewParticipants = 50
	// MaxEarlierDecisions bounds the decisions that one review takes over.
	MaxEarlierDecisions = 200
)

// ReviewEdit is one change to a review. What is absent stays as it is; an empty
// text takes away what was there.
type ReviewEdit struct {
	Texts        map[ReviewSection]string `json:"texts,omitempty" doc:"By section; the others stay."`
	Owner        *string                  `json:"owner,omitempty" doc:"Id of a member."`
	Participants *[]string                `json:"participants,omitempty" maxItems:"50" doc:"Ids of members; all of them."`
	State        ReviewState              `json:"state,omitempty" enum:"closed"`
}

// IsZero reports whether the edit changes nothing.
func (e *ReviewEdit) IsZero() bool {
	return len(e.Texts) == 0 && e.Owner == nil && e.Participants == nil && e.State == ""
}

// Overdue reports whether the review should have been closed by now.
func (r *Review) Overdue(now time.Time) bool { return r.State == ReviewOpen && now.After(r.Due) }

// MayChange is Conflict once the review is closed.
func (r *Review) MayChange() error {
	if r.State == ReviewClosed {
		return Errorf(Conflict, "this review was closed on %s and stays as it was: write to the next one", r.ClosedAt.Format(time.DateOnly))
	}
	return nil
}

// Apply makes an edit at a time to the review: Conflict once it is closed, Invalid
// where the result cannot be stored. Then the review is as it was.
func (r *Review) Apply(e ReviewEdit, at time.Time) error {
	if err := r.MayChange(); err != nil {
		return err
	}
	next := *r
	next.Texts = maps.Clone(r.Texts)
	for section, text := range e.Texts {
		if next.Texts == nil {
			next.Texts = map[ReviewSection]string{}
		}
		if next.Texts[section] = strings.TrimSpace(text); next.Texts[section] == "" {
			delete(next.Texts, section)
		}
	}
	if e.Owner != nil {
		next.Owner = *e.Owner
	}
	if e.Participants != nil {
		next.Participants = slices.Clone(*e.Participants)
	}
	switch e.State {
	case "":
	case ReviewClosed:
		next.State, next.ClosedAt = ReviewClosed, at
	default:
		return InvalidField("state", "can only become closed")
	}
	next.Version++
	next.UpdatedAt = at
	if err := next.validate(e); err != nil {
		return err
	}
	*r = next
	return nil
}

func (r *Review) validate(e ReviewEdit) error {
	v := validator{}
	for section := range e.Texts {
		if !slices.Contains(ReviewSections(), section) {
			v.fail("texts", "must be by section: summary, numbers, changes, problems, findings, fixes, people, quality or decisions")
		}
	}
	for _, section := range ReviewSections() {
		v.bounded("texts."+string(section), r.Texts[section], MaxReviewText)
	}
	v.bounded("owner", r.Owner, MaxIDBytes)
	v.members("participants", r.Participants)
	return v.err()
}

func (v *validator) members(location string, ids []string) {
	if len(ids) > MaxReviewParticipants {
		v.fail(location, "has too many entries: at most 50")
		return
	}
	for i, id := range ids {
		v.id(location, id)
		if slices.Contains(ids[:i], id) {
			v.fail(location, "names a member twice")
		}
	}
}
