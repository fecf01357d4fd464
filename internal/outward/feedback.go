package outward

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// FeedbackData is what is told of feedback: its state right after the edit.
type FeedbackData struct {
	ID         heed.FeedbackID `json:"id"`
	ResponseID heed.ResponseID `json:"response_id,omitempty"`
	Vote       heed.Vote       `json:"vote"`
	Score      *heed.Score     `json:"score,omitempty"`
	Tags       []string        `json:"tags"`
	Comment    bool            `json:"has_comment"`
	Correction bool            `json:"has_correction"`
	Trust      heed.Trust      `json:"trust"`
	Surface    string          `json:"surface,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
	UpdatedAt  time.Time       `json:"updated_at"`
	Changed    []string        `json:"changed" doc:"Fields that the edit spoke of."`
}

// Tell says what an edit made of its feedback. The texts stay with Heed.
func (h *feedbackHistory) Tell(ctx context.Context, project heed.ProjectID, object string, number int64) (Message, error) {
	id := heed.FeedbackID(object)
	edits, err := h.events.Edits(ctx, project, id)
	if err != nil {
		return Message{}, err
	}
	now, err := h.events.Feedback(ctx, project, id)
	if err != nil {
		return Message{}, err
	}
	stored, there := now[id]
	var f heed.Feedback
	for i := range edits {
		e := &edits[i]
		f.Apply(&e.Edit, e.Received)
		if e.Seq != store.Seq(number) {
			continue
		}
		if !there {
			break
		}
		data := FeedbackData{
			ID: id, ResponseID: stored.ResponseID, Vote: f.Vote, Score: f.Score, Tags: f.Tags, Comment: f.HasComment, Correction: f.HasCorrection,
			Trust: f.Trust, Surface: f.Surface, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, Changed: changedBy(&e.Edit),
		}
		m := Message{Type: heed.EventFeedbackUpdated, Time: e.Received, Data: data, Path: "/feedback/" + object}
		if i == 0 {
			m.Type = heed.EventFeedbackCreated
		}
		return m, nil
	}
	return Message{}, heed.Errorf(heed.NotFound, "the feedback is not kept any more")
}

// changedBy names the fields that an edit speaks of.
func changedBy(e *heed.Edit) []string {
	names := []string{}
	for _, field := range []struct {
		name string
		set  bool
	}{
		{"vote", e.Vote.Set}, {"score", e.Score.Set}, {"tags", e.Tags.Set}, {"preferred_over", e.PreferredOver.Set}, {"comment", e.Comment.Set},
		{"correction", e.Correction.Set},
	} {
		if field.set {
			names = append(names, field.name)
		}
	}
	return names
}
