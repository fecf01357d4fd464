package heed

import (
	"math/bits"
	"slices"
	"time"
)

// InboxItem is a feedback that wants eyes, or did, and what reviewers made of it.
// What the person said stays with the feedback: a cause is the reviewer's, tags
// are the person's.
type InboxItem struct {
	Project  ProjectID  `json:"-"`
	Feedback FeedbackID `json:"feedback_id"`
	// Version rises by one with every change that a reviewer makes; what the
	// person does, and locks, leave it.
	Version int64 `json:"version"`

	State      InboxState    `json:"state" enum:"open,done,filed,gone"`
	Severity   InboxSeverity `json:"severity" enum:"unsafe,broken,why,bad,words"`
	People     int           `json:"people" doc:"How many people said the like: the same tags about the same feature, prompt and version. From 2,048 on it is not counted."`
	OpenedAt   time.Time     `json:"opened_at" doc:"Since when it wants eyes, or is unsafe."`
	StateSince time.Time     `json:"state_since"`

	Assignee string       `json:"assignee,omitempty" doc:"Id of the member who sees to it."`
	Cause    FindingCause `json:"cause,omitempty" doc:"What the reviewer holds to be the cause."`
	Finding  FindingID    `json:"finding,omitempty" doc:"What it is filed under."`
	Answered bool         `json:"has_answer" doc:"A reviewer wrote what the answer should have been."`

	Respondent Respondent `json:"-"`
	CreatedAt  time.Time  `json:"-"` // when the feedback was given
	Words      bool       `json:"-"` // its person wrote something
	Lock       InboxLock  `json:"-"`
}

// InboxState says whether an item still waits.
type InboxState string

const (
	InboxOpen  InboxState = "open"  // it waits for a reviewer
	InboxDone  InboxState = "done"  // a reviewer handled it
	InboxFiled InboxState = "filed" // it belongs to a finding
	InboxGone  InboxState = "gone"  // its person took back what wanted eyes
)

// InboxStates lists every state.
func InboxStates() []InboxState {
	return []InboxState{InboxOpen, InboxDone, InboxFiled, InboxGone}
}

// InboxSeverity is how much a feedback wants eyes.
type InboxSeverity string

const (
	SeverityUnsafe InboxSeverity = "unsafe" // tagged so, whatever the vote
	SeverityBroken InboxSeverity = "broken" // tagged so, whatever the vote
	SeverityWhy    InboxSeverity = "why"    // a bad vote or a low score, and what is wrong
	SeverityBad    InboxSeverity = "bad"    // a bad vote or a low score
	SeverityWords  InboxSeverity = "words"  // a comment or a correction without a bad vote
)

// InboxSeverities lists every severity, the one first that goes first.
func InboxSeverities() []InboxSeverity {
	return []InboxSeverity{SeverityUnsafe, SeverityBroken, SeverityWhy, SeverityBad, SeverityWords}
}

// Degree orders severities: the higher goes first. It is -1 for none.
func (s InboxSeverity) Degree() int {
	at := slices.Index(InboxSeverities(), s)
	if at < 0 {
		return -1
	}
	return len(InboxSeverities()) - 1 - at
}

// SeverityOf is the severity of a degree.
func SeverityOf(degree int) InboxSeverity {
	all := InboxSeverities()
	return all[len(all)-1-degree]
}

// WantsEyes says how much a feedback wants eyes; "" for one that does not.
func (f *Feedback) WantsEyes() InboxSeverity {
	bad := f.Vote == VoteDown || f.Score != nil && f.Score.Value < (f.Score.Min+f.Score.Max)/2
	words := f.HasComment || f.HasCorrection
	switch {
	case slices.Contains(f.Tags, string(SeverityUnsafe)):
		return SeverityUnsafe
	case slices.Contains(f.Tags, string(SeverityBroken)):
		return SeverityBroken
	case bad && (words || len(f.Tags) > 0):
		return SeverityWhy
	case bad:
		return SeverityBad
	case words:
		return SeverityWords
	}
	return ""
}

// Parts of a rank, from the highest bit: the severity, the day on which it was
// opened, how many people said the like, the second of the day.
const (
	rankSecondBits = 17
	rankCrowdBits  = 5
	rankDayBits    = 20
	// RankCrowd is the place of the crowd in a rank, RankCrowdMask all of its bits.
	RankCrowd     = rankSecondBits
	RankCrowdMask = int64(1)<<rankCrowdBits - 1
)

// MaxAlike is up to how many people who say the like are counted.
const MaxAlike = 2048

// CrowdOf is what of a number of people counts in a rank: how often it doubled,
// so that a rank need not change with each of them.
func CrowdOf(people int) int64 { return int64(bits.Len(uint(min(people, MaxAlike)))) }

// Rank orders items: the higher goes first. Severity decides, then the day on
// which it was opened, then how many people said the like, then the time.
func (i *InboxItem) Rank() int64 {
	at := max(0, i.OpenedAt.Unix())
	const secondsPerDay = 24 * 60 * 60
	rank := int64(i.Severity.Degree())
	rank = rank<<rankDayBits | min(at/secondsPerDay, 1<<rankDayBits-1)
	rank = rank<<rankCrowdBits | CrowdOf(i.People)
	return rank<<rankSecondBits | at%secondsPerDay
}

// InboxSeen is what a follower of feedback saw of one.
type InboxSeen struct {
	Severity InboxSeverity // "" where it does not want eyes
	Words    bool
	At       time.Time // of the first edit that is new; zero: there is none
}

// Stray takes the item out of the finding that it joined by itself, whose selection
// its feedback matches no more. What it is then follows by See.
func (i *InboxItem) Stray(now time.Time) {
	i.State, i.StateSince, i.Finding = InboxGone, now, ""
}

// See takes what became of the feedback: one whose person took back what wanted
// eyes leaves by itself, and one that was handled comes back when its person
// says more or worse. What is filed stays so. It reports whether the state
// changed.
func (i *InboxItem) See(seen InboxSeen, now time.Time) bool {
	was := *i
	if seen.Severity == "" {
		if i.State == InboxOpen {
			i.State, i.StateSince = InboxGone, now
		}
		return i.State != was.State
	}
	worse := seen.Severity.Degree() > was.Severity.Degree()
	more := worse || seen.Words && !was.Words
	i.Severity, i.Words = seen.Severity, seen.Words
	if was.State == InboxGone || was.State == InboxDone && more {
		i.State, i.StateSince = InboxOpen, now
	}
	if i.State != was.State || worse && seen.Severity == SeverityUnsafe {
		i.OpenedAt = now
		if !seen.At.IsZero() && seen.At.Before(now) {
			i.OpenedAt = seen.At
		}
	}
	return i.State != was.State
}

// InboxLock is that somebody looks at an item, so that nobody else takes it.
type InboxLock struct {
	By    FindingActor
	Until time.Time
}

// InboxLockTime is how long a lock holds that is not held again.
const InboxLockTime = 2 * time.Minute

// Holds reports whether the lock keeps somebody out.
func (l InboxLock) Holds(other FindingActor, now time.Time) bool {
	return now.Before(l.Until) && (l.By.Kind != other.Kind || l.By.ID != other.ID)
}
