package heed

import (
	"slices"
	"time"
)

// InboxPolicy says within which time a project wants to look at feedback, and
// which causes it tells apart besides those that every project has.
type InboxPolicy struct {
	UnsafeDays int            `json:"unsafe_days" minimum:"0" maximum:"365" doc:"Days within which what is unsafe is handled; 0: there is no target."`
	DownDays   int            `json:"down_days" minimum:"0" maximum:"365" doc:"Days within which bad votes are handled, and what is broken; 0: there is no target."`
	Causes     []FindingCause `json:"causes" maxItems:"32" doc:"Causes besides those that every project has: small letters, digits and underscores."`
}

// DefaultInbox is what holds for a new project.
func DefaultInbox() InboxPolicy {
	return InboxPolicy{UnsafeDays: 1, DownDays: 7, Causes: []FindingCause{}}
}

// MaxOwnCauses bounds the causes of a project's own.
const MaxOwnCauses = 32

// AllCauses lists the causes that a project tells apart.
func (p InboxPolicy) AllCauses() []FindingCause { return append(FindingCauses(), p.Causes...) }

// Knows reports whether a cause is one of the project's, or none.
func (p InboxPolicy) Knows(c FindingCause) bool {
	return c == "" || slices.Contains(p.AllCauses(), c)
}

// Target is within which time an item of a severity is to be handled; 0: there is
// no target.
func (p InboxPolicy) Target(s InboxSeverity) time.Duration {
	days := 0
	switch s {
	case SeverityUnsafe:
		days = p.UnsafeDays
	case SeverityBroken, SeverityWhy, SeverityBad:
		days = p.DownDays
	}
	return time.Duration(days) * 24 * time.Hour
}

// Cutoffs are the times before which what is unsafe, and what is bad, was opened
// that is overdue now; zero: none is.
func (p InboxPolicy) Cutoffs(now time.Time) (unsafe, bad time.Time) {
	if t := p.Target(SeverityUnsafe); t > 0 {
		unsafe = now.Add(-t)
	}
	if t := p.Target(SeverityBad); t > 0 {
		bad = now.Add(-t)
	}
	return unsafe, bad
}

// Due is when an item is to be handled by; zero: there is no such time.
func (i *InboxItem) Due(p InboxPolicy) time.Time {
	t := p.Target(i.Severity)
	if t == 0 || i.State != InboxOpen {
		return time.Time{}
	}
	return i.OpenedAt.Add(t)
}

func (v *validator) inbox(field string, p InboxPolicy) {
	for name, days := range map[string]int{"unsafe_days": p.UnsafeDays, "down_days": p.DownDays} {
		if days < 0 || days > 365 {
			v.fail(field+"."+name, "must be a number of days up to 365, or 0 for no target")
		}
	}
	if len(p.Causes) > MaxOwnCauses {
		v.fail(field+".causes", "has too many entries: at most 32")
	}
	for i, c := range p.Causes {
		v.cause(field+".causes", c)
		if c == "" || slices.Contains(FindingCauses(), c) || slices.Contains(p.Causes[:i], c) {
			v.fail(field+".causes", "must be names that are not there yet")
		}
	}
}

// cause checks the shape of a cause. Which causes there are is the project's to
// say.
func (v *validator) cause(field string, c FindingCause) {
	v.bounded(field, string(c), MaxTagBytes)
	for _, r := range string(c) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			v.fail(field, "must be made of small letters, digits and underscores")
			return
		}
	}
}
