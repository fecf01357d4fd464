package heed

// PseudonymMode says for how long a person has one pseudonym in a project.
type PseudonymMode string

const (
	// PseudonymsEpoch gives a person another pseudonym each calendar month (UTC).
	// The key of a month makes that of the next and is destroyed at the end of its
	// life; from then on nothing links the person's months.
	PseudonymsEpoch PseudonymMode = "epoch"
	// PseudonymsStable gives a person one pseudonym for good.
	PseudonymsStable PseudonymMode = "stable"
	// PseudonymsEphemeral gives a person another pseudonym each day. Its key is
	// nowhere but in memory, and is lost when Heed stops: what a person said can
	// be found and erased for two days at most.
	PseudonymsEphemeral PseudonymMode = "ephemeral"
)

const (
	// DefaultPseudonymMonths is for how many months after its own the key of a
	// month lives, or one that was stable after it was used last.
	DefaultPseudonymMonths = 13
	// MaxPseudonymMonths bounds it.
	MaxPseudonymMonths = 120
)
