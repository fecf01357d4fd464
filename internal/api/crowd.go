package api

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/crowd"
	"github.com/heed-ai/heed/internal/query"
)

// Crowd says how numbers of people are told to who may read numbers but no single
// answers and feedback. It is empty for everybody else.
type Crowd struct {
	FewerThan int `json:"fewer_than,omitempty" doc:"Numbers that speak of fewer people than this are not told, nor what would tell them. A tag or signal that is missing was given by fewer people, or by none."`
}

const crowdDescription = "Who may not read single answers and feedback is told of people in crowds: whole days in UTC, up to yesterday, as sums of " +
	"bundles of fewer_than distinct people each. A bundle counts in windows and steps that have all of its days: those since the bundle before it, or since Monday; " +
	"of what is left over in small groups, the whole week, Monday to Sunday. Numbers of people are then at most as large as they are for others in the same whole days; tags and signals of too few people are missing, and groups with nothing to tell " +
	"are suppressed. People are not told apart by status, error_type, trust, vote, tag or bound. The rating rate is that of the whole weeks of undivided numbers."

const day = 24 * time.Hour

// numbers are the answer to a question, as whoever asks may have it.
type numbers struct {
	window query.Window
	step   time.Duration
	groups []numbersAt
	Crowd
}

// numbersAt are the numbers of one key and step.
type numbersAt struct {
	at time.Time
	Group
}

// none is the group of nothing at all.
func (n *numbers) none() Group {
	if n.FewerThan == 0 {
		return groupOf(&query.Group{})
	}
	g := productOf(&query.Group{})
	g.Suppressed = true
	return g
}

// smallestGroup returns how many people a number must speak of before whoever asks
// is told it: 1 if they may see each by itself.
func (a *API) smallestGroup(ctx context.Context, project heed.ProjectID) (int, error) {
	if access.PrincipalOf(ctx).May(access.ReadItems) == nil {
		return 1, nil
	}
	p, err := a.catalog.Project(ctx, project)
	return p.Privacy.SmallestGroup, err
}

// numbers answers a question. It is the one place that decides what of people is
// told to whom.
func (a *API) numbers(ctx context.Context, q query.Stats) (*numbers, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	k, err := a.smallestGroup(ctx, q.Project)
	if err != nil {
		return nil, err
	}
	if k > 1 {
		return a.crowdNumbers(ctx, q, k)
	}
	groups, err := a.events.Stats(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &numbers{window: q.Window, step: q.Step}
	for i := range groups {
		out.groups = append(out.groups, numbersAt{groups[i].Time, groupOf(&groups[i])})
	}
	return out, nil
}

// wholeDays widens a window to whole days.
func wholeDays(w query.Window) query.Window {
	if !w.From.IsZero() {
		w.From = w.From.UTC().Truncate(day)
	}
	if !w.To.IsZero() {
		w.To = w.To.Add(day - 1).UTC().Truncate(day)
	}
	return w
}

// crowdNumbers tells what a question asks of the product, and of people what
// crowds of k tell.
func (a *API) crowdNumbers(ctx context.Context, q query.Stats, k int) (*numbers, error) {
	q.Window = wholeDays(q.Window)
	q.Step = (q.Step + day - 1) / day * day
	if err := q.Validate(); err != nil {
		return nil, err
	}
	product, err := a.events.Stats(ctx, q)
	if err != nil {
		return nil, err
	}
	bundles, err := a.bundlesIn(ctx, q.Project, q.Window, k)
	if err != nil {
		return nil, err
	}
	m := merging{q: q, at: map[string]int{}}
	for i := range product {
		g := &product[i]
		if saysOfProduct(g) {
			into := m.group(g.Time, g.Key)
			into.Group = productOf(g)
			into.Suppressed = true
			into.shown(g)
		}
	}
	for _, g := range crowd.Tally(bundles, q) {
		m.group(g.Time, g.Key).voice(&g.Numbers)
	}
	out := &numbers{window: q.Window, step: q.Step, groups: m.sorted(), Crowd: Crowd{FewerThan: k}}
	if q.Step == 0 && len(q.By)+len(q.Filter) == 0 && len(out.groups) == 1 {
		out.groups[0].RatingRate, err = a.crowdRate(ctx, q, bundles)
	}
	return out, err
}

// saysOfProduct reports whether a group is there for more than what people said,
// whose mere being there would say that somebody did.
func saysOfProduct(g *query.Group) bool {
	return g.Responses > 0 || g.Shown > 0 || g.InputTokens > 0 || g.OutputTokens > 0 || g.CostUSD != nil || g.Retries > 0
}

// bundlesIn binds what people did up to yesterday, in the weeks that a window
// touches.
func (a *API) bundlesIn(ctx context.Context, project heed.ProjectID, w query.Window, k int) ([]crowd.Bundle, error) {
	today := time.Now().UTC().Truncate(day)
	from, to := time.Unix(0, 0), today
	if !w.From.IsZero() {
		from = crowd.WeekOf(w.From)
	}
	if !w.To.IsZero() && w.To.Before(to) {
		to = crowd.WeekOf(w.To.Add(7*day - 1))
		if to.After(today) {
			to = today
		}
	}
	if !from.Before(to) {
		return nil, nil
	}
	of := bundlesOf{project: project, window: query.Window{From: from, To: to}, k: k, today: today}
	return a.bundles.gather(ctx, of, func(ctx context.Context) ([]query.Voice, error) { return a.events.Voices(ctx, project, of.window) })
}

// crowdRate is the rating rate of the whole weeks of a window: by their ends all
// but a few votes are in bundles. Nil without such a week.
func (a *API) crowdRate(ctx context.Context, q query.Stats, bundles []crowd.Bundle) (*float64, error) {
	to := crowd.WeekOf(time.Now())
	if !q.Window.To.IsZero() && q.Window.To.Before(to) {
		to = crowd.WeekOf(q.Window.To)
	}
	from := q.Window.From
	if !from.IsZero() {
		from = crowd.WeekOf(from.Add(7*day - 1))
	}
	if !from.Before(to) {
		return nil, nil
	}
	q.Window = query.Window{From: from, To: to}
	product, err := a.events.Stats(ctx, q)
	told := crowd.Tally(bundles, q)
	if err != nil || len(product) == 0 || len(told) == 0 || !told[0].Voiced {
		return nil, err
	}
	if base := baseOf(&product[0]); told[0].Rated <= base {
		return ratio(told[0].Rated, base), nil
	}
	return nil, nil
}

// shown keeps the one signal that is nobody's doing.
func (n *numbersAt) shown(g *query.Group) {
	if g.Shown > 0 {
		n.Signals[string(heed.SignalShown)] = g.Shown
	}
}

// voice adds what is told of people to a group.
func (n *numbersAt) voice(c *crowd.Numbers) {
	if c.Voiced {
		n.Suppressed = false
		n.Rated, n.Up, n.Down, n.Unbound, n.Positive = &c.Rated, &c.Up, &c.Down, &c.Unbound, shareOf(c.Up, c.Down)
	}
	n.Tags, n.OtherTags = mostFrequent(c.Tags, maxTagsTold)
	maps.Copy(n.Signals, c.Signals)
}

// merging puts groups with the same key and step together.
type merging struct {
	q   query.Stats
	all []numbersAt
	at  map[string]int
}

// group returns the group of a step and key: a new one tells nothing.
func (m *merging) group(at time.Time, key map[query.Dimension]string) *numbersAt {
	var name strings.Builder
	name.WriteString(at.String())
	for _, d := range m.q.By {
		name.WriteString("\x00" + key[d])
	}
	i, ok := m.at[name.String()]
	if !ok {
		i = len(m.all)
		m.at[name.String()] = i
		m.all = append(m.all, numbersAt{at, productOf(&query.Group{Key: key})})
		m.all[i].Suppressed = true
	}
	return &m.all[i]
}

// sorted returns the groups in the order of store.Lists.
func (m *merging) sorted() []numbersAt {
	slices.SortFunc(m.all, func(a, b numbersAt) int {
		order := cmp.Or(a.at.Compare(b.at), cmp.Compare(b.Responses, a.Responses))
		for _, d := range m.q.By {
			order = cmp.Or(order, cmp.Compare(a.Key[d], b.Key[d]))
		}
		return order
	})
	return m.all
}
