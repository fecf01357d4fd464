package capture

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
)

// Owned returns the feedback with an id, if the sender may change it: so it may
// attach something to it. NotFound otherwise.
func (in *Intake) Owned(ctx context.Context, who access.Principal, id heed.FeedbackID) (heed.Feedback, error) {
	f := &Feedback{}
	f.ID, f.Project = id, who.Project
	if who.Token != nil {
		f.ResponseID = who.Token.ResponseID
	}
	return in.owned(ctx, who, f)
}

// Given returns what the holder of a token said of a response: of the token's own,
// or of another if the token names a person, whose tokens are of one voice.
// NotFound if that is nothing.
func (in *Intake) Given(ctx context.Context, who access.Principal, response heed.ResponseID) (heed.Feedback, error) {
	f := &Feedback{}
	f.Project, f.ResponseID = who.Project, response
	return in.owned(ctx, who, f)
}

// owned finds the feedback with f's id or, if it has none, the sender's own on f's
// response.
func (in *Intake) owned(ctx context.Context, who access.Principal, f *Feedback) (heed.Feedback, error) {
	b, err := in.newBatch(ctx, who, 0)
	if err != nil {
		return heed.Feedback{}, err
	}
	if who.Token != nil {
		f.User = who.Token.User
		f.former = b.formerSpeakers(f)
	}
	sender := b.speakerOf(f, &b.names.naming)
	f.Edit.Owner = sender.owner
	ids := []heed.FeedbackID{f.ID}
	if f.ID == "" {
		f.own = sender.id
		ids = f.candidates()
	}
	keys := make([]feedbackKey, 0, len(ids))
	for _, id := range ids {
		keys = append(keys, feedbackKey{who.Project, id})
	}
	if err := b.read(ctx, keys, nil); err != nil {
		return heed.Feedback{}, err
	}
	for _, id := range ids {
		state, ok := b.stateOf(id)
		if !ok {
			continue
		}
		answer := in.view.bound(*state, b.known)
		if err := b.mayEdit(&answer, f, true); err != nil {
			return heed.Feedback{}, err
		}
		return answer, nil
	}
	return heed.Feedback{}, errNoFeedback()
}
