package access

import (
	"context"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// origins is a set of web origins, in lower case.
type origins map[string]struct{}

func (o origins) add(list []string) {
	for _, origin := range list {
		o[strings.ToLower(origin)] = struct{}{}
	}
}

func (o origins) has(origin string) bool {
	_, ok := o[strings.ToLower(origin)]
	return ok
}

// OriginAllowed reports whether some project lets its publishable keys be used
// from origin. It answers a browser's preflight, which carries no key; which
// project's key it is, is decided when the key comes.
func (a *Authority) OriginAllowed(ctx context.Context, origin string) (bool, error) {
	if !heed.ValidOrigin(origin) {
		return false, nil
	}
	all, err := a.all.get(ctx, "")
	if err != nil {
		return false, err
	}
	if !all.has(origin) {
		a.refused.note(origin, time.Now())
		return false, nil
	}
	return true, nil
}

// checkOrigin decides whether a publishable key of a project may be used from
// origin. Only a browser can be held to it: whoever is not one sends what
// Origin they like, which is why such keys write little and read nothing.
func (a *Authority) checkOrigin(ctx context.Context, project heed.ProjectID, origin string) error {
	if origin == "" {
		return heed.Errorf(heed.Forbidden,
			"a publishable key works only in a browser, which sends an Origin: use a secret key from a server")
	}
	known, err := a.projects.get(ctx, string(project))
	switch {
	case heed.CodeOf(err) == heed.NotFound:
		return unknownKey()
	case err != nil:
		return err
	}
	if !known.origins.has(origin) {
		return heed.Errorf(heed.Forbidden,
			"this page's origin may not use this key: allow it with heed project update NAME --origin URL")
	}
	return nil
}

func (a *Authority) loadProject(ctx context.Context, id string) (cachedProject, error) {
	project, err := a.catalog.Project(ctx, heed.ProjectID(id))
	if err != nil {
		return cachedProject{}, err
	}
	set := make(origins, len(project.Origins))
	set.add(project.Origins)
	return cachedProject{project, set}, nil
}

func (a *Authority) loadAllOrigins(ctx context.Context, _ string) (origins, error) {
	projects, err := a.catalog.ListProjects(ctx)
	if err != nil {
		return nil, err
	}
	set := make(origins)
	for _, project := range projects {
		set.add(project.Origins)
	}
	return set, nil
}
