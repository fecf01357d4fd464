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

// Tell says what edits made of their feedback. The texts stay with Heed. It asks for
// all of it at once: each question looks through the edits of all feedback.
func (h *feedbackHistory) Tell(ctx context.Context, project heed.ProjectID, steps []Step) []Told {
	told := make([]Told, len(steps))
	ids := make([]heed.FeedbackID, len(steps))
	for i := range steps {
		ids[i] = heed.FeedbackID(steps[i].Object)
	}
	edits, err := h.events.Edits(ctx, project, ids...)
	var now map[heed.FeedbackID]store.Feedback
	if err == nil {
		now, err = h.events.Feedback(ctx, project, ids...)
	}
	for i, id := range ids {
		if told[i].Err = err; err != nil {
			continue
		}
		stored, there := now[id]
		if !there {
			told[i].Err = heed.Errorf(heed.NotFound, "the feedback is not kept any more")
			continue
		}
		told[i].Message, told[i].Err = feedbackMessage(&stored, edits[id], store.Seq(steps[i].Number))
	}
	return told
}

// feedbackMessage is what the edit at a Seq made of its feedback.
func feedbackMessage(stored *store.Feedback, edits []store.PastEdit, at store.Seq) (Message, error) {
	var f heed.Feedback
	for i := range edits {
		e := &edits[i]
		f.Apply(&e.Edit, e.Received)
		if e.Seq != at {
			continue
		}
		data := FeedbackData{
			ID: stored.ID, ResponseID: stored.ResponseID, Vote: f.Vote, Score: f.Score, Tags: f.Tags, Comment: f.HasComment, Correction: f.HasCorrection,
			Trust: f.Trust, Surface: f.Surface, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, Changed: changedBy(&e.Edit),
		}
		m := Message{Type: heed.EventFeedbackUpdated, Time: e.Received, Data: data, Path: "/feedback/" + string(stored.ID)}
		if i == 0 {
			m.Type = heed.EventFeedbackCreated
		}
		return m, nil
	}
	return Message{}, heed.Errorf(heed.NotFound, "the edit is not kept any more")
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
