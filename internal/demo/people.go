package demo

import (
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// goodShare is how often people like an answer. Prompt v13 was worse by 22
// points.
func goodShare(r *capture.Response) float64 {
	switch {
	case r.Status == heed.StatusError:
		return 0.04
	case r.PromptVersion == "v13":
		return 0.60
	case r.Model == "sol-4":
		return 0.77
	case r.Feature == "doc-search":
		return 0.79
	default:
		return 0.82
	}
}

// engage lets people do something with an answer that they saw.
func (d *dayWriter) engage(id string, r *capture.Response, seen time.Time) {
	good := d.random.Float64() < goodShare(r)
	for _, s := range []struct {
		name       string
		good, bad  float64
		afterAbout time.Duration
	}{
		{"copied", 0.16, 0.03, 20 * time.Second},
		{"regenerated", 0.02, 0.17, 15 * time.Second},
		{"rephrased", 0.03, 0.15, 40 * time.Second},
		{"stopped", 0.01, 0.07, 3 * time.Second},
		{"asked_why", 0.004, 0.02, 30 * time.Second},
		{"escalated", 0.004, 0.05, 90 * time.Second},
	} {
		chance := s.bad
		if good {
			chance = s.good
		}
		if d.random.Float64() < chance {
			d.signal(id, s.name, seen.Add(s.afterAbout/2+time.Duration(d.random.Int64N(int64(s.afterAbout)))))
		}
	}
	if d.random.Float64() < 0.045 {
		d.rate(id, r, good, seen.Add(5*time.Second+time.Duration(d.random.Int64N(int64(2*time.Minute)))))
	}
}

// rate makes a feedback, and now and then a change of mind. Only of answers that
// somebody rated is known what they were about.
func (d *dayWriter) rate(id string, r *capture.Response, good bool, at time.Time) {
	if !at.Before(d.history.End.Add(-10 * time.Minute)) {
		return
	}
	f := d.feedback(id, at)
	f.User = r.User
	vote := heed.VoteUp
	if !good {
		vote = heed.VoteDown
		f.Tags = heed.Value(d.symptoms(r))
	}
	f.Vote = heed.Value(vote)
	said := d.talk(r, good, f.Tags.Value)
	fill := slots(said.random)
	if d.random.Float64() < 0.25 {
		fill = slots(d.random)
		f.Edit.Comment, f.Comment = heed.Value(struct{}{}), privacy.NewRaw(fill.Replace(pick(d.random, said.comments)))
	}
	if !good && d.random.Float64() < 0.08 {
		f.Edit.Correction, f.Correction = heed.Value(struct{}{}), privacy.NewRaw(fill.Replace(pick(d.random, said.corrections)))
	}
	said.describe(r, fill)
	if d.random.Float64() < 0.01 {
		// The widget knew an answer that the telemetry never sent.
		f.ResponseID = heed.ResponseID(id + "-lost")
	}
	d.items = append(d.items, capture.Item{Feedback: f})
	again := d.feedback(id, at.Add(30*time.Second))
	again.User, again.ResponseID = f.User, f.ResponseID
	switch chance := d.random.Float64(); {
	case chance < 0.03 && !good:
		again.Vote, again.Tags = heed.Value(heed.VoteUp), heed.Null[[]string]()
	case chance < 0.05:
		again.Vote = heed.Value(heed.VoteNone)
	default:
		return
	}
	d.items = append(d.items, capture.Item{Feedback: again})
}

func (d *dayWriter) feedback(id string, at time.Time) *capture.Feedback {
	f := &capture.Feedback{}
	f.ID, f.ResponseID = heed.FeedbackID(id), heed.ResponseID(id)
	f.Time, f.Surface = heed.Instant(at), "web"
	if d.random.Float64() < 0.2 {
		f.Surface = "mobile"
	}
	return f
}

// symptoms picks what was wrong.
func (d *dayWriter) symptoms(r *capture.Response) []string {
	weights := []float64{30, 18, 16, 9, 12, 5, 1, 4} // in the order of the default tags
	switch {
	case r.Status == heed.StatusError:
		return []string{"broken"}
	case r.PromptVersion == "v13":
		weights[0], weights[1] = 110, 24
	case r.PromptVersion == "v14":
		weights[0] = 16 // it says so when it does not know
	case r.Feature == "doc-search":
		weights[3] = 24
	}
	first := d.weighted(weights)
	tags := []string{heed.DefaultTags()[first]}
	if d.random.Float64() < 0.25 {
		if second := d.weighted(weights); second != first {
			tags = append(tags, heed.DefaultTags()[second])
		}
	}
	return tags
}

func (d *dayWriter) weighted(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := d.random.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
