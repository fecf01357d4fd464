package rating_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/rating"
)

func TestApply(t *testing.T) {
	number := func(n float64) *float64 { return &n }
	vote := func(v heed.Vote, tags ...string) heed.Edit {
		e := heed.Edit{Vote: heed.Value(v), Score: heed.Null[heed.Score]()}
		if tags != nil {
			e.Tags = heed.Value(tags)
		}
		return e
	}
	score := func(value, low, high float64, tags ...string) heed.Edit {
		e := heed.Edit{Vote: heed.Null[heed.Vote](), Score: heed.Value(heed.Score{Value: value, Min: low, Max: high})}
		if tags != nil {
			e.Tags = heed.Value(tags)
		}
		return e
	}
	for _, c := range []struct {
		name   string
		rating rating.Rating
		want   heed.Edit
	}{
		{"user-feedback 1", rating.Rating{Name: "user-feedback", Number: number(1)}, vote(heed.VoteUp)},
		{"user_feedback 0", rating.Rating{Name: "user_feedback", Number: number(0)}, vote(heed.VoteDown)},
		{"thumbs -1", rating.Rating{Name: "Thumbs", Number: number(-1)}, vote(heed.VoteDown)},
		{"thumbs up", rating.Rating{Name: "thumbs", Word: "up"}, vote(heed.VoteUp)},
		{"thumbs in signs", rating.Rating{Name: "thumbs", Word: "👎🏽"}, vote(heed.VoteDown)},
		{"thumbs down yes", rating.Rating{Name: "thumbs_down", Number: number(1), YesNo: true}, vote(heed.VoteDown)},
		{"thumbs down no", rating.Rating{Name: "thumbs_down", Number: number(0), YesNo: true}, vote(heed.VoteNone)},
		{"yes or no of another name", rating.Rating{Name: "resolved", Number: number(1), YesNo: true}, vote(heed.VoteUp, "resolved")},
		{"a vote's name with half a value", rating.Rating{Name: "user-feedback", Number: number(0.5)}, score(0.5, 0, 1)},
		{"a vote's name with another word", rating.Rating{Name: "feedback", Word: "too long"}, heed.Edit{Tags: heed.Value([]string{"too long"})}},
		{"1 of another name is no vote", rating.Rating{Name: "accuracy", Number: number(1)}, score(1, 0, 1, "accuracy")},
		{"below 0", rating.Rating{Name: "sentiment", Number: number(-0.5)}, score(-0.5, -1, 1, "sentiment")},
		{"one star is the worst", rating.Rating{Name: "stars", Number: number(1)}, score(1, 1, 5, "stars")},
		{"4", rating.Rating{Name: "quality", Number: number(4)}, score(4, 1, 5, "quality")},
		{"8", rating.Rating{Name: "nps", Number: number(8)}, score(8, 0, 10, "nps")},
		{"a scale that is told", rating.Rating{Name: "nps", Number: number(1), Min: number(0), Max: number(10)}, score(1, 0, 10, "nps")},
		{"a told scale that does not hold it", rating.Rating{Name: "nps", Number: number(11), Min: number(0), Max: number(10)}, score(11, 0, 100, "nps")},
		{"a vote's name with a scale of its own", rating.Rating{Name: "feedback", Number: number(1), Min: number(1), Max: number(5)}, score(1, 1, 5)},
		{"a vote's name with the scale of a vote", rating.Rating{Name: "feedback", Number: number(-1), Min: number(-1), Max: number(1)}, vote(heed.VoteDown)},
		{"1234", rating.Rating{Name: "tokens", Number: number(1234)}, score(1234, 0, 10000, "tokens")},
		{"-1000", rating.Rating{Name: "x", Number: number(-1000)}, score(-1000, -1000, 0, "x")},
		{"a word", rating.Rating{Name: "reason", Word: " hallucination "}, heed.Edit{Tags: heed.Value([]string{"hallucination"})}},
		{"a text with a name", rating.Rating{Name: "reason"}, heed.Edit{Tags: heed.Value([]string{"reason"})}},
		{"a text named like a vote", rating.Rating{Name: "feedback", Word: " "}, heed.Edit{}},
	} {
		var got heed.Edit
		c.rating.Apply(&got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Whatever number it is, the score that is made of it can be stored.
func FuzzScoreHasItsNumber(f *testing.F) {
	for _, n := range []float64{0, 1, -1, 5, 10.5, 99.99, 101, -1e-9, 1e9, -1e9, 1000, 1e-300} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n float64) {
		if !(n >= -1e9 && n <= 1e9) {
			return
		}
		var e heed.Edit
		rating.Rating{Name: "x", Number: &n}.Apply(&e)
		if s := e.Score.Value; s.Value != n || s.Min > n || s.Max < n || s.Min >= s.Max {
			t.Errorf("%v became %+v", n, s)
		}
	})
}
