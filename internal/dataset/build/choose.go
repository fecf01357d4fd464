package build

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// atOnce is how many items are read together. Each reading looks through the hashes
// of all events, so many at once are faster; and their texts are in memory meanwhile.
const atOnce = 1000

// choose writes the manifest of a version: what is marked, there, of the selection,
// and within the cap, the newest first.
func (b *Builder) choose(ctx context.Context, d *heed.Dataset, v *heed.DatasetVersion) error {
	counts, err := b.Catalog.CountMarks(ctx, d.Project)
	if err != nil {
		return err
	}
	v.Counts = heed.DatasetCounts{Notices: map[string]int64{}, Trust: map[string]int64{}, Votes: map[string]int64{}}
	c := chooser{
		d: d, counts: &v.Counts, filter: filterOf(d.Selection.Filter), window: query.Window{From: d.Selection.From, To: d.Selection.To},
		taken: map[heed.Respondent]int{},
	}
	if err := b.Catalog.KeepItems(ctx, *v, nil); err != nil { // of a building that was cut off
		return err
	}
	q := store.MarkQuery{Project: d.Project, Purpose: d.Purpose, Limit: atOnce}
	for {
		marks, err := b.Catalog.Marks(ctx, q)
		if err != nil {
			return err
		}
		if len(marks) == 0 {
			return nil
		}
		found, err := b.find(ctx, d.Project, idsOf(marks, func(m heed.DatasetMark) heed.FeedbackID { return m.Feedback }))
		if err != nil {
			return err
		}
		var items []heed.DatasetItem
		for _, m := range marks {
			if item, ok := c.take(m, found); ok {
				items = append(items, item)
			}
		}
		if len(items) > 0 {
			if err := b.Catalog.KeepItems(ctx, *v, items); err != nil {
				return err
			}
		}
		last := marks[len(marks)-1]
		q.After = query.Cursor{Time: last.Given, ID: string(last.Feedback)}
		b.tell(v, Progress{Done: v.Counts.Marked, Total: 2 * max(counts[d.Purpose], v.Counts.Marked)})
	}
}

// filterOf is the filter of a selection as the events know it.
func filterOf(f heed.FindingFilter) query.Filter {
	var filter query.Filter
	for name, values := range f {
		if filter == nil {
			filter = query.Filter{}
		}
		filter[query.Dimension(name)] = values
	}
	return filter
}

// chooser decides on one mark after the other.
type chooser struct {
	d      *heed.Dataset
	counts *heed.DatasetCounts
	filter query.Filter
	window query.Window
	taken  map[heed.Respondent]int // by person
}

// take decides on a mark, counts it, and returns its item if it is taken.
func (c *chooser) take(m heed.DatasetMark, found *found) (heed.DatasetItem, bool) {
	c.counts.Marked++
	f, ok := found.feedback[m.Feedback]
	if !ok || !f.Says() {
		c.counts.Gone++
		return heed.DatasetItem{}, false
	}
	response := found.responseOf(&f)
	if !c.window.Contains(f.CreatedAt) || !c.filter.MatchesFeedback(&f.Feedback) || !c.filter.MatchesResponse(&response.Response) {
		c.counts.Outside++
		return heed.DatasetItem{}, false
	}
	if person := f.Respondent; person.IsZero() {
		c.counts.Nobody++
	} else {
		if c.d.PersonCap > 0 && c.taken[person] >= c.d.PersonCap {
			c.counts.Capped++
			return heed.DatasetItem{}, false
		}
		c.taken[person]++
		c.counts.People = int64(len(c.taken))
	}
	item := heed.DatasetItem{
		Place: c.counts.Items, Feedback: f.ID, Updated: f.UpdatedAt, Attachment: m.Attachment, Texts: m.Texts, ReviewedBy: m.By, ReviewedAt: m.At,
	}
	for _, person := range []heed.Respondent{f.Respondent, response.Respondent, found.responses[f.PreferredOver].Respondent} {
		if !person.IsZero() {
			item.People = append(item.People, person)
		}
	}
	c.counts.Items++
	if m.Texts {
		c.counts.Reviewed++
	}
	c.counts.Trust[string(f.Trust)]++
	c.counts.Votes[string(f.Vote)]++
	return item, true
}

// found is what the events hold of some feedback.
type found struct {
	feedback  map[heed.FeedbackID]store.Feedback
	arrivals  map[heed.Target]store.Arrival
	responses map[heed.ResponseID]store.Response
}

// responseOf is the response that a feedback speaks of; the zero Response where it
// has not arrived.
func (f *found) responseOf(of *store.Feedback) store.Response {
	return f.responses[f.arrivals[of.Target].ID]
}

// find reads feedback with the responses that it names.
func (b *Builder) find(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) (*found, error) {
	var all found
	var err error
	if all.feedback, err = b.Events.Feedback(ctx, project, ids...); err != nil {
		return nil, err
	}
	var targets []heed.Target
	var named []heed.ResponseID
	for _, f := range all.feedback {
		targets = append(targets, f.Target)
		if f.PreferredOver != "" {
			named = append(named, f.PreferredOver)
		}
	}
	if all.arrivals, err = b.Events.Arrivals(ctx, project, targets...); err != nil {
		return nil, err
	}
	for _, arrival := range all.arrivals {
		named = append(named, arrival.ID)
	}
	all.responses, err = b.Events.Answers(ctx, project, named...)
	return &all, err
}

func idsOf[T, ID any](items []T, id func(T) ID) []ID {
	ids := make([]ID, len(items))
	for i := range items {
		ids[i] = id(items[i])
	}
	return ids
}
