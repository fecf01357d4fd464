package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// FollowUps keeps who has seen what became of their feedback: by the feedback,
// since nobody's address is known.
type FollowUps interface {
	// NoteFollowUp keeps that the person who gave a feedback was shown how far a
	// finding has come. The same again changes nothing. NotFound if the project has
	// no such finding.
	NoteFollowUp(ctx context.Context, project heed.ProjectID, shown heed.FollowUp, at time.Time) error
	// CountFollowUps returns on how much feedback people were shown what a finding
	// says of its state as it is.
	CountFollowUps(ctx context.Context, project heed.ProjectID, finding heed.FindingID, state heed.FollowUpState) (int64, error)
}
