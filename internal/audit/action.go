package audit

// Action says what was done. The list is closed: a new kind of action has its
// name here first. Names of actions are never reused for something else.
type Action string

const (
	LogBegun     Action = "audit.begun"   // the log's key was made
	AuditExpired Action = "audit.expired" // the oldest records ended: see Expiry

	ProjectCreated       Action = "project.created"
	ProjectUpdated       Action = "project.updated"
	AttachmentKeyChanged Action = "project.attachment_key_changed" // who can open what is attached from now on
	SlackConnected       Action = "slack.connected"                // its buttons give feedback
	SlackRemoved         Action = "slack.removed"
	GitHubConnected      Action = "github.connected" // findings become issues there
	GitHubRemoved        Action = "github.removed"
	KeyCreated           Action = "key.created"
	KeyRevoked           Action = "key.revoked"

	MemberAdded       Action = "member.added"
	MemberRemoved     Action = "member.removed"
	MemberRoleChanged Action = "member.role_changed"
	MemberLinked      Action = "member.identity_linked" // to one of an identity provider's
	LinkMade          Action = "member.link_made"
	PasswordChanged   Action = "member.password_changed"

	SignedIn      Action = "session.opened"
	SignInRefused Action = "session.refused"
	SignedOut     Action = "session.ended"

	Revealed        Action = "attachment.revealed"
	RevealRefused   Action = "attachment.refused" // to read it
	Exported        Action = "export.made"
	SubjectExported Action = "subject.exported" // everything about one person

	ErasureRequested  Action = "erasure.requested"
	ErasureDone       Action = "erasure.done"
	RetentionEnforced Action = "retention.enforced"

	Published Action = "publication.made"      // numbers with noise, for anybody
	Withdrawn Action = "publication.withdrawn" // and taken back

	RetentionSuspended Action = "retention.suspended" // the clock had jumped
	RetentionResumed   Action = "retention.resumed"   // somebody confirmed it
	EventsRewritten    Action = "events.rewritten"    // the file of events, without what was deleted

	RootKeyRotated      Action = "root_key.rotated"
	ProjectKeyRotated   Action = "project_key.rotated"
	ProjectKeyDestroyed Action = "project_key.destroyed"
	PseudonymsEnded     Action = "pseudonyms.ended" // nobody can compute those of a month any more

	DatasetMarked   Action = "dataset.marked"
	DatasetChanged  Action = "dataset.changed" // made, deleted, or a version of it
	DatasetExported Action = "dataset.exported"
	ReviewFrozen    Action = "review.frozen"
	ReviewChanged   Action = "review.changed" // a text, a decision, or that it is closed
	CadenceChanged  Action = "review.cadence_changed"
	FindingChanged  Action = "finding.changed"
	InboxChanged    Action = "inbox.changed"    // what reviewers made of feedback; it names no feedback
	EndpointChanged Action = "endpoint.changed" // where what happens is told outside
	AlertChanged    Action = "alert.changed"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{
		LogBegun, AuditExpired,
		ProjectCreated, ProjectUpdated, AttachmentKeyChanged, SlackConnected, SlackRemoved, GitHubConnected, GitHubRemoved, KeyCreated, KeyRevoked,
		MemberAdded, MemberRemoved, MemberRoleChanged, MemberLinked, LinkMade, PasswordChanged,
		SignedIn, SignInRefused, SignedOut,
		Revealed, RevealRefused, Exported, SubjectExported,
		ErasureRequested, ErasureDone, RetentionEnforced,
		Published, Withdrawn,
		RetentionSuspended, RetentionResumed, EventsRewritten,
		RootKeyRotated, ProjectKeyRotated, ProjectKeyDestroyed, PseudonymsEnded,
		DatasetMarked, DatasetChanged, DatasetExported, ReviewFrozen, ReviewChanged, CadenceChanged, FindingChanged, InboxChanged, EndpointChanged, AlertChanged,
	}
}
