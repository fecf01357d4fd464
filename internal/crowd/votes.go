package crowd

import (
	"slices"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Votes counts people by their vote.
type Votes struct{ Up, Down int64 }

// OneEach counts, by the values of a dimension ("": undivided), every person once:
// by the last vote they gave among voices in order of time. So one person more or
// less makes a difference of one, in one count, however much they voted. Votes of
// who is not named are left out: nobody knows how many people they are of.
func OneEach(voices []query.Voice, by query.Dimension) map[string]Votes {
	last := map[heed.Respondent]*query.Voice{}
	for i := range voices {
		if v := &voices[i]; !v.Person.IsZero() && (v.Vote == heed.VoteUp || v.Vote == heed.VoteDown) {
			last[v.Person] = v
		}
	}
	counted := map[string]Votes{}
	for _, v := range last {
		votes := counted[v.Labels[by]]
		if v.Vote == heed.VoteUp {
			votes.Up++
		} else {
			votes.Down++
		}
		counted[v.Labels[by]] = votes
	}
	return counted
}

// Divides reports whether numbers of people are told by a dimension.
func Divides(d query.Dimension) bool {
	return slices.Contains(divisions()[0], d)
}
