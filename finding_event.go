package heed

import (
	"strings"
	"time"
)

// FindingEdit is one change to a finding. What is absent stays as it is; an empty
// text takes away what was there.
type FindingEdit struct {
	Title   *string         `json:"title,omitempty"`
	State   FindingState    `json:"state,omitempty" enum:"new,triaged,fixing,fixed,verified,regressed,dismissed"`
	Reason  string          `json:"reason,omitempty" doc:"Why it is dismissed; needed for that."`
	Owner   *string         `json:"owner,omitempty" doc:"Id of a member."`
	Due     *string         `json:"due,omitempty" doc:"A day such as 2026-03-31."`
	Cause   *FindingCause   `json:"cause,omitempty" doc:"One that the project tells apart."`
	Public  *string         `json:"public,omitempty"`
	Change  *FindingChange  `json:"change,omitempty" doc:"Its time counts with the state fixed; absent: now."`
	Measure *FindingMeasure `json:"measure,omitempty"`
}

// IsZero reports whether the edit changes nothing.
func (e *FindingEdit) IsZero() bool { return *e == FindingEdit{} }

// FindingActor is who changed a finding: a member, a key, or Heed itself.
type FindingActor struct {
	Kind string `json:"kind" enum:"member,key,server,operator"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty" doc:"Of a member, as it was then."`
}

// FindingEvent is one step in the history of a finding, which only grows.
type FindingEvent struct {
	Number int64        `json:"number" doc:"From 1, without gaps."`
	Time   time.Time    `json:"time"`
	By     FindingActor `json:"by"`
	FindingStep
}

// FindingStep is what an event did.
type FindingStep struct {
	FindingEdit
	Note     string           `json:"note,omitempty" doc:"What a member wrote."`
	Added    int              `json:"added,omitempty" doc:"How much feedback was filed."`
	Taken    int              `json:"taken,omitempty" doc:"How much feedback was taken away."`
	Issue    *IssueStep       `json:"issue,omitempty" doc:"What became of its issue at GitHub."`
	Evidence *FindingEvidence `json:"evidence,omitempty" doc:"What Heed saw when it decided."`
}

// FindingEvidence is what a verdict rests on.
type FindingEvidence struct {
	Before     FindingShare      `json:"before"`
	After      FindingShare      `json:"after"`
	Difference FindingDifference `json:"difference"`
}

// FindingShare is a part of votes: Hits of Votes were so, in a window of time.
type FindingShare struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Hits  int64     `json:"hits"`
	Votes int64     `json:"votes"`
	Share *float64  `json:"share" doc:"Absent without votes."`
	Low   float64   `json:"low" doc:"Of its 95 % interval."`
	High  float64   `json:"high"`
	// People is how many people it speaks of.
	People    int64 `json:"people,omitempty" doc:"How many people that the application names voted; of a tag, how many of them gave it."`
	FewerThan int64 `json:"fewer_than,omitempty" doc:"It is not told, since it is of fewer people than this."`
}

// FindingDifference is by how much a share moved, with its 95 % interval.
type FindingDifference struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Apply makes an edit at a time to the finding, by people or by Heed itself:
// Conflict where the table of states has no such way, Invalid where the result
// cannot be stored. Then the finding is as it was.
func (f *Finding) Apply(e FindingEdit, itself bool, at time.Time) error {
	next := *f
	if err := next.move(e, itself, at); err != nil {
		return err
	}
	for _, field := range []struct {
		to   *string
		from *string
	}{{&next.Title, e.Title}, {&next.Owner, e.Owner}, {&next.Due, e.Due}, {&next.Public, e.Public}} {
		if field.from != nil {
			*field.to = strings.TrimSpace(*field.from)
		}
	}
	if e.Cause != nil {
		next.Cause = *e.Cause
	}
	if e.Measure != nil {
		next.Measure = *e.Measure
	}
	next.Version++
	next.UpdatedAt = at
	if err := next.Validate(at); err != nil {
		return err
	}
	*f = next
	return nil
}

// move takes the finding to another state, and links its change.
func (f *Finding) move(e FindingEdit, itself bool, at time.Time) error {
	was := f.State
	if e.State != "" {
		if err := was.mayMove(e.State, itself); err != nil {
			return err
		}
		f.State, f.StateSince, f.Reason = e.State, at, ""
	}
	if e.Reason != "" && e.State != FindingDismissed {
		return InvalidField("reason", "goes with the state dismissed alone")
	}
	if e.State == FindingDismissed {
		if f.Reason = strings.TrimSpace(e.Reason); f.Reason == "" {
			return InvalidField("reason", "is missing: say why this is no finding")
		}
	}
	if e.Change != nil {
		if was.Marked() {
			return Errorf(Conflict, "the finding's change is marked: take it back to fixing, then name another")
		}
		if e.State != FindingFixed && !e.Change.Time.IsZero() {
			return InvalidField("change.time", "goes with the state fixed: until then the change has not been made")
		}
		f.link(*e.Change)
	}
	if e.Measure != nil && was.Marked() {
		return Errorf(Conflict, "the finding is being judged by its measure: take it back to fixing, then choose another")
	}
	if e.State == FindingFixed {
		if f.Change.Name == "" {
			return InvalidField("change.name", "is missing: say what fixed it, such as prompt, model, release, commit or pull_request")
		}
		f.Change.Time = at
		if e.Change != nil && !e.Change.Time.IsZero() {
			f.Change.Time = Instant(e.Change.Time)
		}
	}
	return nil
}

// link names the change that the finding waits for. The same one again keeps the
// time of its last mark, so that Heed does not take that mark for a new one.
func (f *Finding) link(c FindingChange) {
	c.Name, c.Value, c.Time = strings.TrimSpace(c.Name), strings.TrimSpace(c.Value), time.Time{}
	if c.Same(f.Change) {
		c.Time = f.Change.Time
	}
	f.Change = c
}

// Marks reports whether a change that Heed knows is the one that the finding
// waits for: it has its name and value, came after the finding was made and after
// it was last marked, and its time has come.
func (f *Finding) Marks(c *Change, now time.Time) bool {
	return !f.State.Marked() && f.State != FindingDismissed && f.Change.Name != "" && f.Change.Same(FindingChange{Name: c.Name, Value: c.Value}) &&
		c.Time.After(f.CreatedAt) && c.Time.After(f.Change.Time) && !c.Time.After(now)
}
