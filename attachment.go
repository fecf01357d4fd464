package heed

import "time"

// Attachment is what a person gave of a conversation so that the team can see
// what went wrong, with the consent they gave. What was said is kept apart, sealed.
type Attachment struct {
	ID         string          `json:"id"`
	Project    ProjectID       `json:"-"`
	Feedback   FeedbackID      `json:"feedback_id"`
	Respondent Respondent      `json:"-"`
	Owner      string          `json:"-"` // who may withdraw it, besides the application; empty: a page that knows its id
	Scope      AttachmentScope `json:"scope"`
	KeyID      string          `json:"key_id,omitempty"` // what it is sealed for; see HeldByCustomer
	Bytes      int64           `json:"bytes"`            // as it is kept
	Consent    Consent         `json:"consent"`

	CreatedAt time.Time      `json:"created_at"`
	ExpiresAt time.Time      `json:"expires_at"`
	EndedAt   time.Time      `json:"ended_at,omitzero"` // when it was destroyed
	EndedBy   AttachmentFate `json:"ended_by,omitempty"`
}

// OwnedByApplication is the Owner of what an application attached: nobody else
// may withdraw it.
const OwnedByApplication = "application"

// Limits of attachments.
const (
	// AttachmentsPerFeedback counts those that have ended as well.
	AttachmentsPerFeedback = 10
	// AttachmentsPerProject and AttachmentBytesPerProject count what has not ended.
	// What pages attach, which anybody can call, finds no room in the second half.
	AttachmentsPerProject     = 100_000
	AttachmentBytesPerProject = 4 << 30
)

// AttachmentScope is how much of a conversation an attachment holds.
type AttachmentScope string

const (
	ScopeAnswer       AttachmentScope = "answer"       // one question and its answer
	ScopeMessages     AttachmentScope = "messages"     // those that the person chose
	ScopeConversation AttachmentScope = "conversation" // all of it
)

// AttachmentFate is what ended an attachment.
type AttachmentFate string

const (
	FateWithdrawn AttachmentFate = "withdrawn" // by the person, or the application
	FateExpired   AttachmentFate = "expired"
	FateErased    AttachmentFate = "erased" // with the person
)

// Consent is what a person agreed to, and when: the notice that they were shown.
type Consent struct {
	Version string    `json:"version"`
	Hash    string    `json:"hash"` // SHA-256 of its text, in hexadecimal
	Time    time.Time `json:"time"`
}

// Over reports whether an attachment may not be read any more: it has ended, or
// its days are over and it is about to.
func (a *Attachment) Over(now time.Time) bool { return !a.EndedAt.IsZero() || !now.Before(a.ExpiresAt) }

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid.
func (a *Attachment) Validate(now time.Time) error {
	v := validator{now: now}
	v.feedbackID("feedback_id", string(a.Feedback))
	v.oneOf("scope", string(a.Scope), string(ScopeAnswer), string(ScopeMessages), string(ScopeConversation))
	if a.Consent.Version == "" || a.Consent.Hash == "" || a.Consent.Time.IsZero() {
		v.fail("consent", "is missing: the version and hash of the notice that the person was shown, and the time")
	}
	v.label("consent.version", a.Consent.Version)
	v.label("consent.hash", a.Consent.Hash)
	v.instant("consent.time", a.Consent.Time)
	if !a.ExpiresAt.After(now) {
		v.fail("consent.time", "is so long ago that the days that the person agreed to are over: ask again")
	}
	return v.err()
}

// Reveal is the right of one member to read one attachment for a while.
type Reveal struct {
	ID         string    `json:"id"`
	Project    ProjectID `json:"-"`
	Attachment string    `json:"attachment_id"`
	Member     string    `json:"-"`
	Reason     string    `json:"reason"` // in the member's words, redacted
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at"`
}

// Limits of reveals.
const (
	RevealLifetime   = 15 * time.Minute
	RevealsPerDay    = 30 // of one member; each counts, also of an attachment that they had before
	MaxReasonBytes   = 500
	MinReasonBytes   = 4
	MaxAttachmentAge = 365 // days
)
