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
	// FollowUpsOn returns what the people who gave some feedback were shown of it,
	// oldest first.
	FollowUpsOn(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]ShownFollowUp, error)
}

// ShownFollowUp is that a person was shown how far a finding had come.
type ShownFollowUp struct {
	Feedback heed.FeedbackID    `json:"-"`
	Finding  heed.FindingID     `json:"finding"`
	State    heed.FollowUpState `json:"state" enum:"looking,fixed,declined"`
	At       time.Time          `json:"at" doc:"When first."`
}
