package capture

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
)

// Owned returns the feedback with an id, if the sender may change it: so it may
// attach something to it. NotFound otherwise.
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
	f.Edit.Owner = b.speakerOf(f, &b.names.naming).owner
	if err := b.read(ctx, []feedbackKey{{who.Project, id}}, nil); err != nil {
		return heed.Feedback{}, err
	}
	state, ok := b.stateOf(id)
	if !ok {
		return heed.Feedback{}, errNoFeedback()
	}
	answer := in.view.bound(*state, b.known)
	if err := b.mayEdit(&answer, f, true); err != nil {
		return heed.Feedback{}, err
	}
	return answer, nil
}
