package heed

import (
	"net/mail"
	"net/url"
	"strings"
	"unicode"
)

// PrivacyPolicy says how a project treats what it knows of people, besides the
// content of responses (ContentPolicy) and attachments.
type PrivacyPolicy struct {
	// SmallestGroup is how many distinct people a number must speak of before it
	// is told to those who may not see single items; 1 tells every number.
	SmallestGroup int `json:"smallest_group"`

	// Controller is the name of who answers for the data, and Contact where people
	// reach them: an e-mail address, a web address, or words. Both are shown to
	// everybody who gives feedback; empty: nobody is named.
	Controller string `json:"controller"`
	Contact    string `json:"contact"`

	// Recognizer is the name of the recogniser that looks at texts besides
	// redaction, one of those that the operator set up; empty: none.
	Recognizer string `json:"recognizer"`
	// RetentionDays says for how long what is known is kept.
	RetentionDays RetentionDays `json:"retention_days"`

	// Pseudonyms says for how long a person has one pseudonym, and PseudonymMonths
	// how long a pseudonym that is no longer given can still be computed, to find
	// and to erase what is kept under it.
	Pseudonyms      PseudonymMode `json:"pseudonyms" enum:"epoch,stable,ephemeral"`
	PseudonymMonths int           `json:"pseudonym_months"`
}

const (
	// DefaultSmallestGroup and MaxSmallestGroup bound how few people a number
	// may speak of. Public bodies commonly ask for 5, in health for 11.
	DefaultSmallestGroup = 5
	MaxSmallestGroup     = 100
)

// TooFew reports whether a number that speaks of so many people is not told where
// one must speak of smallest, which is 1 where each may be told.
func TooFew(people int64, smallest int) bool { return smallest > 1 && people < int64(smallest) }

// DefaultPrivacy is the policy of a new project.
func DefaultPrivacy() PrivacyPolicy {
	return PrivacyPolicy{
		SmallestGroup: DefaultSmallestGroup, RetentionDays: DefaultRetention(),
		Pseudonyms: PseudonymsEpoch, PseudonymMonths: DefaultPseudonymMonths,
	}
}

func (v *validator) privacy(field string, p PrivacyPolicy) {
	if p.SmallestGroup < 1 || p.SmallestGroup > MaxSmallestGroup {
		v.fail(field+".smallest_group", "must be a number of people from 1 to 100")
	}
	v.line(field+".controller", p.Controller, 128)
	v.line(field+".contact", p.Contact, 256)
	if p.Recognizer != "" && !ValidRecognizer(p.Recognizer) {
		v.fail(field+".recognizer", "must be the name of a recogniser that the operator set up, or empty for none")
	}
	v.retention(field+".retention_days", p.RetentionDays)
	switch p.Pseudonyms {
	case PseudonymsEpoch, PseudonymsStable, PseudonymsEphemeral:
	default:
		v.fail(field+".pseudonyms", "must be epoch, stable or ephemeral")
	}
	if p.PseudonymMonths < 1 || p.PseudonymMonths > MaxPseudonymMonths {
		v.fail(field+".pseudonym_months", "must be a number of months from 1 to 120")
	}
}

// line checks a text that is shown in one line.
func (v *validator) line(field, s string, maxBytes int) {
	v.bounded(field, s, maxBytes)
	if strings.ContainsFunc(s, unicode.IsControl) {
		v.fail(field, "must be one line, without control characters")
	}
}

// ContactLink is what a link to the contact opens: mailto: for an e-mail address,
// a web address as it is, and empty for words.
func (p PrivacyPolicy) ContactLink() string {
	if u, err := url.Parse(p.Contact); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil {
		return u.String()
	}
	if at, err := mail.ParseAddress(p.Contact); err == nil && at.Address == p.Contact {
		return "mailto:" + url.PathEscape(p.Contact)
	}
	return ""
}

// ValidRecognizer reports whether a recogniser may have this name.
func ValidRecognizer(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= 32
}
