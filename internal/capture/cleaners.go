package capture

import (
	"slices"
	"sync"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// cleaners keeps one Cleaner for each project that has patterns of its own.
// Its size is bounded by the number of projects. Safe for concurrent use.
type cleaners struct {
	base *privacy.Cleaner
	byID sync.Map // heed.ProjectID → ownCleaner
}

type ownCleaner struct {
	patterns []heed.RedactPattern
	cleaner  *privacy.Cleaner
}

func newCleaners(base *privacy.Cleaner) *cleaners { return &cleaners{base: base} }

// of returns the Cleaner of a project, as its patterns are now. Patterns that
// cannot be used are an error, so that no text passes without them.
func (c *cleaners) of(project *heed.Project) (*privacy.Cleaner, error) {
	if len(project.Patterns) == 0 {
		return c.base, nil
	}
	if known, ok := c.byID.Load(project.ID); ok && slices.Equal(known.(ownCleaner).patterns, project.Patterns) {
		return known.(ownCleaner).cleaner, nil
	}
	cleaner, err := c.base.With(project.Patterns)
	if err != nil {
		return nil, heed.Wrap(heed.Internal, err, "the project's patterns of redaction cannot be used")
	}
	c.byID.Store(project.ID, ownCleaner{slices.Clone(project.Patterns), cleaner})
	return cleaner, nil
}
