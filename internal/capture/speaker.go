package capture

import (
	"encoding/hex"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
)

// speaker is who gives a feedback as one naming calls them, and what their
// feedback is called. The same person is another speaker in another month: what
// they gave then is found under the names of then.
type speaker struct {
	respondent heed.Respondent
	owner      heed.Owner
	id         heed.FeedbackID // of what they said of the target, where that has no id of its own
}

// speakerOf returns who gives f under a naming.
func (b *batch) speakerOf(f *Feedback, n *naming) speaker {
	s := speaker{respondent: n.people.Respondent(f.Project, f.User)}
	switch {
	case b.who.Token != nil && (n.byToken || s.respondent.IsZero()):
		s.owner = heed.Owner(n.records.Keyed("heed/owner/v1", b.who.Token.Identity))
	case !s.respondent.IsZero():
		// Besides the application the person may change it.
		s.owner = heed.Owner(s.respondent)
	}
	switch {
	case f.Identity != nil:
		s.id = feedbackID(n.people.Keyed("heed/identity/v1", f.Identity...))
	case b.hasNaturalID(s.owner) && !f.Target.IsZero():
		target := meant(f.Target)
		s.id = feedbackID(n.records.Keyed("heed/feedback/v1", string(target.ResponseID), target.TraceID, target.SpanID, string(s.owner[:])))
	}
	return s
}

// hasNaturalID reports whether one person has one feedback per response: the same
// owner and target always make the same id. Where nobody is named each feedback
// is one of its own; so it is for a publishable key, because whom it names is a
// claim that nothing proves. A trace counts only where no response is named.
func (b *batch) hasNaturalID(owner heed.Owner) bool {
	return !owner.IsZero() && b.who.Trust != heed.TrustPublic
}

func feedbackID(hash [16]byte) heed.FeedbackID {
	return heed.FeedbackID("fb_" + hex.EncodeToString(hash[:]))
}

// clockSkew is how far the clocks of applications may be off.
const clockSkew = time.Hour

// formerSpeakers returns who gave f under the namings that were in use since its
// response, or its token, can have been there.
func (b *batch) formerSpeakers(f *Feedback) (former []speaker) {
	var since time.Time
	if b.who.Token != nil {
		since = b.who.Token.ExpiresAt.Add(-access.MaxTokenLifetime)
	}
	if at, ok := b.view.arrivedLately(f.Project, meant(f.Target)); ok && at.After(since) {
		since = at
	}
	earlier := b.names.since(since.Add(-clockSkew))
	for i := range earlier {
		former = append(former, b.speakerOf(f, &earlier[i]))
	}
	return former
}

// candidates returns the ids under which what f speaks of may be known, besides
// its own.
func (f *Feedback) candidates() (ids []heed.FeedbackID) {
	if f.own != "" && f.own != f.ID {
		ids = append(ids, f.own)
	}
	for i := range f.former {
		if id := f.former[i].id; id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// isOwner reports whether the sender is an owner, under whatever naming.
func (f *Feedback) isOwner(owner heed.Owner) bool {
	return f.Edit.Owner == owner || slices.ContainsFunc(f.former, func(s speaker) bool { return s.owner == owner })
}
