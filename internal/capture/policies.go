package capture

import (
	"context"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

const (
	// policyAge is how long a changed content policy may take to count, which is
	// as long as everything else that is changed takes.
	policyAge   = time.Second
	maxPolicies = 10_000
)

// policies knows the content policies of projects, so that not every call asks
// the catalog. Safe for concurrent use.
type policies struct {
	projects store.Projects
	mu       sync.Mutex
	known    map[heed.ProjectID]policy
}

type policy struct {
	content heed.ContentPolicy
	readAt  time.Time
}

func newPolicies(projects store.Projects) *policies {
	return &policies{projects: projects, known: map[heed.ProjectID]policy{}}
}

// content returns what a project's policy was a second ago, or later.
func (p *policies) content(ctx context.Context, id heed.ProjectID) (heed.ContentPolicy, error) {
	now := time.Now()
	p.mu.Lock()
	known, ok := p.known[id]
	p.mu.Unlock()
	if ok && now.Sub(known.readAt) < policyAge {
		return known.content, nil
	}
	project, err := p.projects.Project(ctx, id)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxPolicies {
		clear(p.known)
	}
	p.known[id] = policy{project.Content, now}
	return project.Content, nil
}
