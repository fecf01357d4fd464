package heed

import (
	"slices"
	"strings"
	"time"
)

// ReviewCadence says how often a project is reviewed, and by whom.
type ReviewCadence struct {
	Every Rhythm `json:"every" enum:"week,two_weeks,month,never" doc:"month: on the first such day of each."`
	Day   string `json:"day" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	Hour  int    `json:"hour" minimum:"0" maximum:"23"`
	Zone  string `json:"zone" doc:"A time zone by its name in the IANA database, such as Europe/Paris, or UTC."`
	// CloseDays is for how many days a review may stay open.
	CloseDays    int      `json:"close_days" minimum:"1" maximum:"31" doc:"A review that is open for longer is overdue."`
	Owner        string   `json:"owner" doc:"Id of the member who leads reviews; empty: nobody yet."`
	Participants []string `json:"participants" maxItems:"50" doc:"Ids of members."`
}

// Rhythm is how often something comes round.
type Rhythm string

const (
	EveryWeek     Rhythm = "week"
	EveryTwoWeeks Rhythm = "two_weeks"
	EveryMonth    Rhythm = "month"
	Never         Rhythm = "never"
)

// DefaultCadence is that of a project that chose none.
func DefaultCadence() ReviewCadence {
	return ReviewCadence{Every: EveryWeek, Day: "monday", Hour: 9, Zone: "UTC", CloseDays: 3, Participants: []string{}}
}

func weekdays() []string {
	var names []string
	for d := time.Sunday; d <= time.Saturday; d++ {
		names = append(names, strings.ToLower(d.String()))
	}
	return names
}

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid.
func (c *ReviewCadence) Validate() error {
	v := validator{}
	v.oneOf("every", string(c.Every), string(EveryWeek), string(EveryTwoWeeks), string(EveryMonth), string(Never))
	v.oneOf("day", c.Day, weekdays()...)
	if c.Hour < 0 || c.Hour > 23 {
		v.fail("hour", "must be a whole number from 0 to 23")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" || len(c.Zone) > MaxIDBytes {
		v.fail("zone", "must be the name of a time zone such as Europe/Paris, or UTC")
	}
	if c.CloseDays < 1 || c.CloseDays > 31 {
		v.fail("close_days", "must be a number of days from 1 to 31")
	}
	v.bounded("owner", c.Owner, MaxIDBytes)
	v.members("participants", c.Participants)
	return v.err()
}

// zone is where the cadence counts its days; UTC where the machine does not know
// the zone any more.
func (c *ReviewCadence) zone() *time.Location {
	if at, err := time.LoadLocation(c.Zone); err == nil {
		return at
	}
	return time.UTC
}

// farthest is more days than lie between two reviews.
const farthest = 40

// Last returns the latest time up to now at which a review is due; the zero time
// where none ever is. The period that it ends began at the one before.
func (c *ReviewCadence) Last(now time.Time) time.Time { return c.find(now, -1) }

// Next returns the first time after now at which a review is due; the zero time
// where none ever is.
func (c *ReviewCadence) Next(now time.Time) time.Time { return c.find(now, 1) }

// Before returns the time at which a review is due before the one at a time.
func (c *ReviewCadence) Before(due time.Time) time.Time { return c.Last(due.Add(-time.Microsecond)) }

// Settles returns up to when periods are settled once this cadence replaces another,
// so that what the other one did not ask for is not missed: up to where its latest
// period begins, or ends if there was none before. Zero where both fall on the same
// times, or this one on none.
func (c *ReviewCadence) Settles(was *ReviewCadence, now time.Time) time.Time {
	last := c.Last(now)
	switch {
	case last.IsZero() || c.Every == was.Every && c.Day == was.Day && c.Hour == was.Hour && c.Zone == was.Zone:
		return time.Time{}
	case was.Every == Never:
		return last
	}
	return c.Before(last)
}

func (c *ReviewCadence) find(now time.Time, step int) time.Time {
	if c.Every == Never {
		return time.Time{}
	}
	in := c.zone()
	year, month, day := now.In(in).Date()
	for i := -1; i < farthest; i++ {
		date := time.Date(year, month, day+i*step, 0, 0, 0, 0, time.UTC)
		at := time.Date(date.Year(), date.Month(), date.Day(), c.Hour, 0, 0, 0, in) // an hour that a clock skips is the next to it
		if c.falls(date) && (step < 0 && !at.After(now) || step > 0 && at.After(now)) {
			return at.UTC()
		}
	}
	return time.Time{}
}

// firstMonday is from where weeks are counted, by twos.
var firstMonday = time.Date(1969, 12, 29, 0, 0, 0, 0, time.UTC)

// falls reports whether a date is one of reviews.
func (c *ReviewCadence) falls(date time.Time) bool {
	if slices.Index(weekdays(), c.Day) != int(date.Weekday()) {
		return false
	}
	switch c.Every {
	case EveryTwoWeeks:
		return date.Sub(firstMonday)/(7*24*time.Hour)%2 == 0
	case EveryMonth:
		return date.Day() <= 7
	}
	return true
}
