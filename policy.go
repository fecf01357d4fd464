package heed

// PrivacyPolicy says how a project treats what it knows of people, besides the
// content of responses (ContentPolicy) and attachments.
type PrivacyPolicy struct {
	// SmallestGroup is how many distinct people a number must speak of before it
	// is told to those who may not see single items; 1 tells every number.
	SmallestGroup int `json:"smallest_group"`
}

const (
	// DefaultSmallestGroup and MaxSmallestGroup bound how few people a number
	// may speak of. Public bodies commonly ask for 5, in health for 11.
	DefaultSmallestGroup = 5
	MaxSmallestGroup     = 100
)

// DefaultPrivacy is the policy of a new project.
func DefaultPrivacy() PrivacyPolicy {
	return PrivacyPolicy{SmallestGroup: DefaultSmallestGroup}
}

func (v *validator) privacy(field string, p PrivacyPolicy) {
	if p.SmallestGroup < 1 || p.SmallestGroup > MaxSmallestGroup {
		v.fail(field+".smallest_group", "must be a number of people from 1 to 100")
	}
}
