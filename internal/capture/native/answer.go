package native

import (
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// FeedbackAnswer is the state of a feedback after a write.
type FeedbackAnswer struct {
	ID            heed.FeedbackID `json:"id"`
	ResponseID    heed.ResponseID `json:"response_id" doc:"Empty while feedback that named only a trace is unbound."`
	Vote          heed.Vote       `json:"vote" enum:"up,down,none"`
	Score         *heed.Score     `json:"score"`
	Tags          []string        `json:"tags"`
	HasComment    bool            `json:"has_comment"`
	HasCorrection bool            `json:"has_correction"`
	Trust         heed.Trust      `json:"trust" enum:"server,token,public"`
	Bound         bool            `json:"bound" doc:"The response has arrived."`
	CreatedAt     time.Time       `json:"created_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
}

func answerOf(f *heed.Feedback) FeedbackAnswer {
	return FeedbackAnswer{
		ID: f.ID, ResponseID: f.ResponseID, Vote: f.Vote, Score: f.Score, Tags: f.Tags,
		HasComment: f.HasComment, HasCorrection: f.HasCorrection,
		Trust: f.Trust, Bound: f.Bound, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt,
	}
}

// EventsAnswer says what became of a batch: how many events are durable, and
// each one that was not accepted.
type EventsAnswer struct {
	Accepted int         `json:"accepted"`
	Rejected []Rejection `json:"rejected"`
}

// Rejection names one event that was not accepted, by its place in the batch.
type Rejection struct {
	Index   int       `json:"index"`
	Code    heed.Code `json:"code"`
	Field   string    `json:"field" doc:"The first field that is wrong; empty where it is none in particular."`
	Message string    `json:"message"`
}

func rejectionOf(index int, err error) Rejection {
	r := Rejection{Index: index, Code: heed.CodeOf(err), Message: err.Error()}
	if e, ok := err.(*heed.Error); ok {
		r.Message = e.Message
		if len(e.Fields) > 0 {
			r.Field = e.Fields[0].Location
		}
	}
	return r
}

// summaryOf joins the events that could not be decoded with the outcomes of
// those that could; places says where in the batch each outcome belongs.
func summaryOf(undecoded []Rejection, places []int, outcomes []capture.Outcome) EventsAnswer {
	answer := EventsAnswer{Rejected: slices.Clone(undecoded)}
	for i, outcome := range outcomes {
		if outcome.Err != nil {
			answer.Rejected = append(answer.Rejected, rejectionOf(places[i], outcome.Err))
			continue
		}
		answer.Accepted++
	}
	slices.SortFunc(answer.Rejected, func(a, b Rejection) int { return a.Index - b.Index })
	if answer.Rejected == nil {
		answer.Rejected = []Rejection{}
	}
	return answer
}
