package heed

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Project is a tenant: the boundary of every row, key and query.
type Project struct {
	ID       ProjectID      `json:"id"`
	Name     string         `json:"name"`
	Origins  []string       `json:"origins"` // browser origins that may use its publishable keys
	Content  ContentPolicy  `json:"content"`
	Tags     []string       `json:"tags"`  // what feedback forms offer after a bad vote
	Forms    []FeedbackForm `json:"forms"` // what differs from the zero form, by feature
	Commands CommandPolicy  `json:"commands"`

	// AttachmentDays is for how long attachments are kept; 0: people cannot
	// attach anything.
	AttachmentDays int `json:"attachment_days"`
	// AttachmentKey is what attachments are sealed for, and AttachmentKeySince since
	// when; zero: since ever. UseAttachmentKey changes both.
	AttachmentKey      CustomerKey `json:"attachment_key"`
	AttachmentKeySince time.Time   `json:"attachment_key_since,omitzero"`
	// Patterns say what is personal besides what Heed knows of.
	Patterns []RedactPattern `json:"redact_patterns"`
	Privacy  PrivacyPolicy   `json:"privacy"`
	// Inbox says within which time feedback is to be looked at.
	Inbox   InboxPolicy `json:"inbox"`
	Tracker Tracker     `json:"tracker"` // where its issues are

	CreatedAt time.Time `json:"created_at"`
}

// ContentPolicy says what becomes of the input and output of responses.
type ContentPolicy string

const (
	ContentNone     ContentPolicy = "none"     // dropped before the first write
	ContentRedacted ContentPolicy = "redacted" // redacted, then sealed
)

// Form returns the form of a feature, or the one of all features.
func (p *Project) Form(feature string) FeedbackForm {
	form := FeedbackForm{}
	for _, f := range p.Forms {
		if f.Feature == feature {
			return f
		}
		if f.Feature == "" {
			form = f
		}
	}
	return form
}

// CommandPolicy says what becomes of a chat message that is a command, such as
// /+why, where chats go through Heed.
type CommandPolicy string

const (
	CommandsOn  CommandPolicy = "on"  // it is feedback, and the model does not see it
	CommandsOff CommandPolicy = "off" // it goes to the model, as it was written
)

// DefaultTags are the eight symptoms a new project offers; unsafe and broken
// stand last because they are rare and urgent.
func DefaultTags() []string {
	return []string{
		"incorrect", "not_asked", "incomplete", "outdated_source",
		"style_format", "refused", "unsafe", "broken",
	}
}

// MaxOrigins bounds the origins of one project.
const MaxOrigins = 64

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid.
func (p *Project) Validate() error {
	v := validator{}
	if p.Name == "" {
		v.fail("name", "is missing")
	}
	v.bounded("name", p.Name, 128)
	v.oneOf("content", string(p.Content), string(ContentNone), string(ContentRedacted))
	v.oneOf("commands", string(p.Commands), string(CommandsOn), string(CommandsOff))
	if len(p.Origins) > MaxOrigins {
		v.fail("origins", "has too many entries: at most 64")
	}
	for _, origin := range p.Origins {
		if !ValidOrigin(origin) {
			v.fail("origins", "must be origins such as https://app.example.com: scheme and host, each by itself without *, no path")
		}
	}
	if p.AttachmentDays < 0 || p.AttachmentDays > MaxAttachmentAge {
		v.fail("attachment_days", "must be a number of days up to 365, or 0 for none")
	}
	v.customerKey("attachment_key", p.AttachmentKey)
	v.tags("tags", p.Tags)
	v.forms("forms", p.Forms)
	v.patterns("redact_patterns", p.Patterns)
	v.privacy("privacy", p.Privacy)
	v.inbox("inbox", p.Inbox)
	v.tracker("tracker", p.Tracker)
	return v.err()
}

// FindProject finds the project that somebody names, by its name or its id.
func FindProject(all []Project, name string) (Project, bool) {
	i := slices.IndexFunc(all, func(p Project) bool { return string(p.ID) == name || p.Name == name })
	if i < 0 {
		return Project{}, false
	}
	return all[i], true
}

// ProtectsAs reports whether another version of the project treats people and what
// they write alike.
func (p *Project) ProtectsAs(other *Project) bool {
	return p.Content == other.Content && p.AttachmentDays == other.AttachmentDays && p.AttachmentKey == other.AttachmentKey &&
		slices.Equal(p.Patterns, other.Patterns) && p.Privacy == other.Privacy
}

// ValidOrigin reports whether s is a web origin as a browser sends it, but for the
// case of its letters: a host that has others than ASCII in Punycode, and no port
// that goes without saying. Another would never match, and say nothing of that.
func ValidOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return false
	}
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" || strings.HasSuffix(u.Host, ":") {
		return false
	}
	return s == u.Scheme+"://"+u.Host && strings.Trim(strings.ToLower(u.Host), "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") == ""
}
