package capture

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
)

// Owned returns the feedback with an id, if the sender may change it: so it may
// attach something to it. Without an id it is what was given by the sender's
// token. NotFound otherwise.
func (in *Intake) Owned(ctx context.Context, who access.Principal, id heed.FeedbackID) (heed.Feedback, error) {
	b, err := in.newBatch(ctx, who, 0)
	if err != nil {
		return heed.Feedback{}, err
	}
	f := &Feedback{}
	f.ID, f.Project = id, who.Project
	if grant := who.Token; grant != nil {
		f.User, f.ResponseID = grant.User, grant.ResponseID
		f.former = b.formerSpeakers(f)
	}
	sender := b.speakerOf(f, &b.names.naming)
	f.Edit.Owner = sender.owner
	ids := []heed.FeedbackID{id}
	if id == "" {
		ids = append([]heed.FeedbackID{sender.id}, f.candidates()...)
	}
	keys := make([]feedbackKey, 0, len(ids))
	for _, one := range ids {
		keys = append(keys, feedbackKey{who.Project, one})
	}
	if err := b.read(ctx, keys, nil); err != nil {
		return heed.Feedback{}, err
	}
	for _, one := range ids {
		if state, ok := b.stateOf(one); ok {
			answer := in.view.bound(*state, b.known)
			if err := b.mayEdit(&answer, f, true); err != nil {
				return heed.Feedback{}, err
			}
			return answer, nil
		}
	}
	return heed.Feedback{}, errNoFeedback()
}
