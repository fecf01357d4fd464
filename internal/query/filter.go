package query

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heed-ai/heed"
)

// Filter keeps what matches every dimension it names; the values of one
// dimension are alternatives. The nil Filter keeps everything.
//
// Dimensions of the response (Model … ErrorType) select responses, and the
// feedback and signals on them. Dimensions of the feedback (Surface, Trust,
// Vote, Tag, Bound) select feedback; in a list of responses they select those
// with such feedback, and in statistics they leave the response counts alone,
// so that the base of every rate stays whole.
//
// The empty value of a dimension of the response means that it is not known.
type Filter map[Dimension][]string

// maxFilterValues bounds the alternatives of one dimension.
const maxFilterValues = 100

// Validate reports what cannot be asked, as an Error of code Invalid.
func (f Filter) Validate() error {
	var p problems
	f.check(&p)
	return p.err()
}

func (f Filter) check(p *problems) {
	for _, d := range f.dimensions() {
		location := "query." + string(d)
		switch values := f[d]; {
		case !d.OfResponse() && !d.OfFeedback():
			p.add("query", "has a filter that is not known")
		case len(values) == 0:
			p.add(location, "needs a value")
		case len(values) > maxFilterValues:
			p.add(location, "has too many values: at most 100")
		default:
			checkValues(p, location, d, values)
		}
	}
}

// dimensions returns the dimensions of the filter in a fixed order.
func (f Filter) dimensions() []Dimension {
	dimensions := make([]Dimension, 0, len(f))
	for d := range f {
		dimensions = append(dimensions, d)
	}
	slices.Sort(dimensions)
	return dimensions
}

func checkValues(p *problems, location string, d Dimension, values []string) {
	allowed := allowedValues(d)
	for _, v := range values {
		switch {
		case allowed != nil && !slices.Contains(allowed, v):
			p.add(location, "must be out of: "+strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
			return
		case len(v) > heed.MaxLabelBytes, !utf8.ValidString(v), strings.ContainsRune(v, 0):
			p.add(location, "must be valid UTF-8 of at most 256 bytes")
			return
		}
	}
}

// allowedValues lists the values of a dimension that is an enumeration, and
// is nil for the others.
func allowedValues(d Dimension) []string {
	switch d {
	case Vote:
		return []string{string(heed.VoteUp), string(heed.VoteDown), string(heed.VoteNone)}
	case Trust:
		return []string{string(heed.TrustServer), string(heed.TrustToken), string(heed.TrustPublic)}
	case Status:
		return []string{"", string(heed.StatusOK), string(heed.StatusError)}
	case Bound:
		return []string{"true", "false"}
	case ErrorType:
		allowed := []string{""}
		for _, e := range heed.ErrorTypes() {
			allowed = append(allowed, string(e))
		}
		return allowed
	}
	return nil
}

// Cast is a filter with votes for an answer or against it alone, so that who is
// counted has voted, unless f names votes itself.
func Cast(f Filter) Filter {
	votes := Filter{Vote: {string(heed.VoteUp), string(heed.VoteDown)}}
	maps.Copy(votes, f)
	return votes
}

// MatchesResponse reports whether what a response is known by matches the
// dimensions of the response that f names. The zero Response stands for one
// that has not arrived.
func (f Filter) MatchesResponse(r *heed.Response) bool {
	return f.matchesAnswer(func(d Dimension) string { return LabelOf(r, d) })
}

// MatchesLabels is MatchesResponse for who has the labels alone, those that are
// known.
func (f Filter) MatchesLabels(labels map[Dimension]string) bool {
	return f.matchesAnswer(func(d Dimension) string { return labels[d] })
}

func (f Filter) matchesAnswer(label func(Dimension) string) bool {
	for d, values := range f {
		if d.OfResponse() && !slices.Contains(values, label(d)) {
			return false
		}
	}
	return true
}

// MatchesFeedback reports whether a feedback matches the dimensions of the
// feedback that f names.
func (f Filter) MatchesFeedback(fb *heed.Feedback) bool {
	for d, values := range f {
		if d.OfFeedback() && !slices.ContainsFunc(values, func(v string) bool { return hasValue(fb, d, v) }) {
			return false
		}
	}
	return true
}

func hasValue(fb *heed.Feedback, d Dimension, v string) bool {
	switch d {
	case Surface:
		return fb.Surface == v
	case Trust:
		return string(fb.Trust) == v
	case Vote:
		return string(fb.Vote) == v
	case Tag:
		return slices.Contains(fb.Tags, v)
	case Bound:
		return fb.Bound == (v == "true")
	}
	return false
}

// OnFeedback reports whether f names a dimension of the feedback.
func (f Filter) OnFeedback() bool {
	for d := range f {
		if d.OfFeedback() {
			return true
		}
	}
	return false
}

// CheckNames refuses a name in a URL's query that is neither a dimension nor
// among the others, so that a slip of the pen is told and not answered with
// everything.
func CheckNames(q url.Values, others ...string) error {
	var p problems
	for name := range q {
		if d := Dimension(name); !d.OfResponse() && !d.OfFeedback() && !slices.Contains(others, name) {
			p.add("query", "has a name that means nothing here. Filters are: "+names())
			break
		}
	}
	return p.err()
}

func names() string {
	var list []string
	for _, d := range Dimensions() {
		list = append(list, string(d))
	}
	return strings.Join(list, ", ")
}

// ParseFilter reads the filters of the public contract out of a URL's query.
// A repeated name gives alternatives; names of other parameters are left
// alone.
func ParseFilter(q url.Values) (Filter, error) {
	var f Filter
	for _, d := range Dimensions() {
		values, ok := q[string(d)]
		if !ok {
			continue
		}
		if f == nil {
			f = Filter{}
		}
		values = slices.Clone(values)
		slices.Sort(values)
		f[d] = slices.Compact(values)
	}
	return f, f.Validate()
}
