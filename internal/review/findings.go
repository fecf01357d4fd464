package review

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Pages lists findings page by page, as store.Findings does.
type Pages interface {
	ListFindings(ctx context.Context, q store.FindingQuery) ([]heed.Finding, error)
}

// All returns every finding that a question is about, newest first. The question
// names no page.
func All(ctx context.Context, from Pages, q store.FindingQuery) ([]heed.Finding, error) {
	q.Limit = query.MaxLimit
	var all []heed.Finding
	for {
		page, err := from.ListFindings(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < q.Limit {
			return all, nil
		}
		last := page[len(page)-1]
		q.After = query.Cursor{Time: last.CreatedAt, ID: string(last.ID)}
	}
}
