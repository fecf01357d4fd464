package storetest

import (
	"cmp"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// metrics answers query.Metrics: every point of every stream anew.
func (m *model) metrics(q query.Metrics) []query.MetricGroup {
	streams := map[[16]byte]*heed.MetricStream{}
	groups := map[string]query.MetricGroup{}
	for _, ev := range m.events {
		point := ev.Metric
		if point == nil || ev.Project != q.Project {
			continue
		}
		if streams[point.Stream] == nil {
			streams[point.Stream] = &heed.MetricStream{}
		}
		more, _ := streams[point.Stream].Take(point)
		like := heed.Response{Labels: point.Labels, Outcome: heed.Outcome{Status: heed.StatusOK, ErrorType: point.ErrorType}}
		if point.ErrorType != "" {
			like.Status = heed.StatusError
		}
		began := point.Time.Truncate(time.Hour)
		if more.Count == 0 && more.Sum == 0 || !inWindow(q.Window, began.UnixMicro()) || !q.Filter.MatchesResponse(&like) {
			continue
		}
		key, name := map[query.Dimension]string{}, ""
		for _, d := range q.By {
			key[d] = query.LabelOf(&like, d)
			name += key[d] + "\x00"
		}
		if groups[name].Key == nil {
			groups[name] = query.MetricGroup{Key: key, Metrics: map[string]*query.MetricSum{}}
		}
		if groups[name].Metrics[point.Name] == nil {
			groups[name].Metrics[point.Name] = &query.MetricSum{}
		}
		addMetric(groups[name].Metrics[point.Name], point, more)
	}
	list := []query.MetricGroup{}
	for _, g := range groups {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b query.MetricGroup) int {
		order := 0
		for _, d := range q.By {
			order = cmp.Or(order, cmp.Compare(a.Key[d], b.Key[d]))
		}
		return order
	})
	return list
}

func addMetric(sum *query.MetricSum, point *heed.Metric, more heed.Tally) {
	sum.Count += more.Count
	sum.Sum += more.Sum
	if point.ErrorType != "" {
		sum.Errors += more.Count
		countN(&sum.ErrorTypes, string(point.ErrorType), more.Count)
	}
	if point.ErrorCode != "" {
		countN(&sum.ErrorCodes, point.ErrorCode, more.Count)
	}
	for _, r := range more.Ranges {
		at := slices.IndexFunc(sum.Ranges, func(have heed.Range) bool { return have.Low == r.Low && have.High == r.High })
		if at < 0 {
			at, sum.Ranges = len(sum.Ranges), append(sum.Ranges, heed.Range{Low: r.Low, High: r.High})
		}
		sum.Ranges[at].N += r.N
	}
	slices.SortFunc(sum.Ranges, func(a, b heed.Range) int {
		return cmp.Or(cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High))
	})
}

func countN(m *map[string]int64, name string, n int64) {
	if *m == nil {
		*m = map[string]int64{}
	}
	(*m)[name] += n
}
