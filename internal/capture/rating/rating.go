// Package rating says what a name with a value means, which is how other
// products speak of feedback: a vote, a place on a scale, or a word. Pure.
package rating

import (
	"math"
	"strings"

	"github.com/heed-ai/heed"
)

// Rating is a named value as somebody sent it: a Number, a Word, or neither, where
// it came with a text.
type Rating struct {
	Name   string
	Number *float64
	Word   string
	YesNo  bool     // the sender calls it a yes or no
	Min    *float64 // of its scale, where the sender tells
	Max    *float64
}

// Apply writes what the rating says into an edit. A vote, and nothing else, is
// what the sender calls a yes or no, and what is named like a vote and has a
// value of one. Any other number is a score, and any other word a tag. A name
// that is not that of a vote becomes a tag too, for a score has no name.
//
// Of a vote and a score the rating says one, and takes back the other.
func (r Rating) Apply(e *heed.Edit) {
	vote, isVote := r.vote()
	switch {
	case isVote:
		e.Vote, e.Score = heed.Value(vote), heed.Null[heed.Score]()
	case r.Number != nil:
		e.Vote, e.Score = heed.Null[heed.Vote](), heed.Value(r.score(*r.Number))
	}
	switch {
	case !isVote && r.Number == nil && strings.TrimSpace(r.Word) != "":
		e.Tags = tag(r.Word)
	case !r.namedLikeVote():
		e.Tags = tag(r.Name)
	}
}

// tag is a list of one tag, or unchanged where it could not be one.
func tag(word string) heed.Field[[]string] {
	word = strings.TrimSpace(word)
	if word == "" || len(word) > heed.MaxTagBytes {
		return heed.Field[[]string]{}
	}
	return heed.Value([]string{word})
}

func (r Rating) vote() (heed.Vote, bool) {
	if !r.YesNo && (!r.namedLikeVote() || r.Max != nil && *r.Max > 1) {
		return "", false // of five stars named like a vote, one is no yes
	}
	vote, ok := voteOfWord(r.Word)
	if r.Number != nil {
		vote, ok = voteOfNumber(*r.Number)
	}
	if ok && namesDislike(plain(r.Name)) {
		// To dislike is a vote; not to is none.
		return map[heed.Vote]heed.Vote{heed.VoteUp: heed.VoteDown, heed.VoteDown: heed.VoteNone}[vote], true
	}
	return vote, ok
}

func voteOfNumber(n float64) (heed.Vote, bool) {
	switch n {
	case 1:
		return heed.VoteUp, true
	case 0, -1:
		return heed.VoteDown, true
	}
	return "", false
}

func voteOfWord(word string) (heed.Vote, bool) {
	word = strings.TrimSpace(word)
	switch {
	case strings.HasPrefix(word, "👍"), word == "+1":
		return heed.VoteUp, true
	case strings.HasPrefix(word, "👎"), word == "-1":
		return heed.VoteDown, true
	}
	switch plain(word) {
	case "up", "thumbsup", "positive", "good", "like", "liked", "helpful", "yes", "true", "1":
		return heed.VoteUp, true
	case "down", "thumbsdown", "negative", "bad", "dislike", "disliked", "unhelpful", "nothelpful", "no", "false", "0":
		return heed.VoteDown, true
	}
	return "", false
}

func (r Rating) namedLikeVote() bool {
	switch name := plain(r.Name); name {
	case "feedback", "userfeedback", "humanfeedback", "vote", "uservote", "upvote",
		"thumb", "thumbs", "thumbsup", "userthumbs", "like", "liked", "helpful":
		return true
	default:
		return namesDislike(name)
	}
}

func namesDislike(name string) bool {
	return name == "thumbsdown" || name == "downvote" || name == "dislike" || name == "disliked"
}

// plain is a name without what people write differently: case, spaces and
// signs.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, name)
}

// score puts a number on its scale: the one that the sender tells, that of
// stars where it is named so, else the smallest of the usual ones that has it.
// The number itself is always as it was sent.
func (r Rating) score(n float64) heed.Score {
	if r.Min != nil && r.Max != nil && *r.Min < *r.Max && *r.Min <= n && n <= *r.Max {
		return heed.Score{Value: n, Min: *r.Min, Max: *r.Max}
	}
	if name := plain(r.Name); strings.Contains(name, "star") || strings.Contains(name, "rating") || strings.Contains(name, "csat") {
		if n >= 1 && n <= 5 {
			return heed.Score{Value: n, Min: 1, Max: 5}
		}
	}
	for _, scale := range []heed.Score{{Min: 0, Max: 1}, {Min: -1, Max: 1}, {Min: 1, Max: 5}, {Min: 0, Max: 10}, {Min: 0, Max: 100}} {
		if scale.Min <= n && n <= scale.Max {
			scale.Value = n
			return scale
		}
	}
	most := 10.0
	for most < math.Abs(n) {
		most *= 10
	}
	return heed.Score{Value: n, Min: math.Min(0, math.Copysign(most, n)), Max: math.Max(0, math.Copysign(most, n))}
}
