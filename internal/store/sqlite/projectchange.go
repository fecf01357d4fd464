package sqlite

import (
	"database/sql"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
)

// changedIn names what two versions of a project store differently.
func changedIn(before, after []any) []string {
	var names []string
	for i := range after {
		was, is := before[i].(sql.NamedArg), after[i].(sql.NamedArg)
		if was.Value != is.Value && is.Name != "attachment_key_since" { // which goes with attachment_key
			names = append(names, is.Name)
		}
	}
	return names
}

// projectChange is what the audit log tells of a change: what was changed and, of the
// settings that say how people are protected, what they were and what they are. Names,
// addresses and patterns, which somebody wrote, are told as changed alone.
func projectChange(before, after *heed.Project, changed []string) map[string]string {
	was, is := &before.Privacy, &after.Privacy
	for _, written := range []struct{ name, before, after string }{{"controller", was.Controller, is.Controller}, {"contact", was.Contact, is.Contact}} {
		if written.before != written.after {
			changed = append(changed, written.name)
		}
	}
	details := map[string]string{"content": string(after.Content)}
	details["changed"], details["changed_too"] = halved(changed)
	details["before"], details["after"] = differing([]setting{
		{"content", string(before.Content), string(after.Content)},
		{"attachment_days", strconv.Itoa(before.AttachmentDays), strconv.Itoa(after.AttachmentDays)},
		{"redact_patterns", strconv.Itoa(len(before.Patterns)), strconv.Itoa(len(after.Patterns))},
		{"smallest_group", strconv.Itoa(was.SmallestGroup), strconv.Itoa(is.SmallestGroup)},
		{"recognizer", was.Recognizer, is.Recognizer}, // by its name; nothing: none
		{"pseudonyms", string(was.Pseudonyms), string(is.Pseudonyms)},
		{"pseudonym_months", strconv.Itoa(was.PseudonymMonths), strconv.Itoa(is.PseudonymMonths)},
	})
	days, now := was.RetentionDays, is.RetentionDays
	details["days_before"], details["days_after"] = differing([]setting{
		{"responses", strconv.Itoa(days.Responses), strconv.Itoa(now.Responses)},
		{"feedback", strconv.Itoa(days.Feedback), strconv.Itoa(now.Feedback)},
		{"signals", strconv.Itoa(days.Signals), strconv.Itoa(now.Signals)},
		{"numbers", strconv.Itoa(days.Numbers), strconv.Itoa(now.Numbers)},
		{"audit", strconv.Itoa(days.Audit), strconv.Itoa(now.Audit)},
	})
	for name, value := range details {
		if value == "" {
			delete(details, name)
		}
	}
	return details
}

// setting is one that the audit log tells the values of.
type setting struct{ name, before, after string }

// differing lists those that changed, each as name:value, as they were and as they
// are.
func differing(all []setting) (before, after string) {
	var was, is []string
	for _, s := range all {
		if s.before != s.after {
			was, is = append(was, s.name+":"+s.before), append(is, s.name+":"+s.after)
		}
	}
	return strings.Join(was, ","), strings.Join(is, ",")
}

// halved writes names as one detail of the audit log or, where they are too many
// for that, as two.
func halved(names []string) (first, second string) {
	const fits = 64 // bytes
	for n := len(names); ; n-- {
		if first = strings.Join(names[:n], ","); len(first) <= fits {
			return first, strings.Join(names[n:], ",")
		}
	}
}
