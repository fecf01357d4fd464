package heed

import "time"

// Publication is an answer that anybody may read: how many people of a time
// voted up and down, by one dimension, with noise that hides each single one.
// It never changes: the same question has the same answer for good.
type Publication struct {
	ID      string    `json:"id"`
	Project ProjectID `json:"-"`

	From    time.Time `json:"from" doc:"Midnight UTC, inclusive."`
	To      time.Time `json:"to" doc:"Midnight UTC, exclusive."`
	By      string    `json:"by,omitempty" doc:"The dimension; undivided without."`
	Epsilon Epsilon   `json:"epsilon_thousandths" doc:"How much the answer may tell of one person."`

	Rows   []PublishedRow `json:"rows"`
	Margin int64          `json:"margin" doc:"With a probability of 95 % a count is no further than this from the truth."`

	CreatedAt   time.Time `json:"created_at"`
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"`
}

// PublishedRow holds the votes of one value: of each person their last one of the
// time.
type PublishedRow struct {
	Value string `json:"value"`
	Up    int64  `json:"up"`
	Down  int64  `json:"down"`
}

// Epsilon is how much at most a publication may tell of one person, in
// thousandths: with or without them an answer is at most exp(ε) times as likely.
type Epsilon int

const (
	// MinEpsilon and MaxEpsilon bound one publication: less is all noise, more
	// hides nobody.
	MinEpsilon Epsilon = 10
	MaxEpsilon Epsilon = 2000
	// EpsilonBudget is what all publications of a project may spend within
	// BudgetPeriod together. What was spent is not given back by withdrawing:
	// who has read it has read it.
	EpsilonBudget Epsilon = 4000
	BudgetPeriod          = 365 * 24 * time.Hour
	// MaxPublishedDays bounds the time that a publication is about.
	MaxPublishedDays = 366
)

// SameQuestion reports whether two publications of a project answer one question.
func (p *Publication) SameQuestion(other *Publication) bool {
	return p.From.Equal(other.From) && p.To.Equal(other.To) && p.By == other.By
}

// Validate reports what cannot be published, as an Error of code Invalid. now is
// the present.
func (p *Publication) Validate(now time.Time) error {
	var v validator
	const day = 24 * time.Hour
	today := now.UTC().Truncate(day)
	switch {
	case !p.From.Equal(p.From.Truncate(day)) || !p.To.Equal(p.To.Truncate(day)):
		v.fail("body.from", "and to must be midnight UTC: whole days are published")
	case !p.From.Before(p.To) || p.From.Before(earliest):
		v.fail("body.to", "must be a day or more after from")
	case p.To.After(today):
		v.fail("body.to", "must not be after today's midnight UTC: only days that are over are published")
	case p.To.Sub(p.From) > MaxPublishedDays*day:
		v.fail("body.to", "must be at most 366 days after from")
	}
	if p.Epsilon < MinEpsilon || p.Epsilon > MaxEpsilon {
		v.fail("body.epsilon_thousandths", "must be a number from 10 to 2000")
	}
	return v.err()
}
