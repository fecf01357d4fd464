package api

import (
	"context"
	"fmt"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// naming finds what ids of the audit log are called now. The log holds no names but
// of members who did something: they could not be forgotten there.
type naming struct {
	catalog store.Catalog
	who     access.Principal
	names   map[string]string
	asked   map[string]bool // lists that were asked for
}

// auditNames names what records speak of, as far as it is still there and who asks
// may see it.
func (a *API) auditNames(ctx context.Context, who access.Principal, records []audit.Record) (map[string]string, error) {
	reasons, err := RevealReasons(ctx, a.catalog, records) // which is what the log is read for
	if err != nil {
		return nil, err
	}
	n := naming{a.catalog, who, reasons, map[string]bool{}}
	for i := range records {
		if err := n.record(ctx, &records[i]); err != nil {
			return nil, err
		}
	}
	return n.names, nil
}

func (n *naming) record(ctx context.Context, r *audit.Record) error {
	if r.Project != "" {
		if err := n.projects(ctx); err != nil {
			return err
		}
	}
	if r.Actor.Kind == audit.Key {
		if err := n.keys(ctx, r.Project); err != nil {
			return err
		}
	}
	switch r.Action {
	case audit.MemberAdded, audit.MemberRemoved, audit.MemberRoleChanged, audit.MemberLinked, audit.LinkMade, audit.PasswordChanged,
		audit.SignedIn, audit.SignInRefused, audit.SignedOut:
		return n.members(ctx)
	case audit.KeyCreated, audit.KeyRevoked:
		return n.keys(ctx, r.Project)
	case audit.EndpointChanged:
		return n.endpoints(ctx, r.Project)
	case audit.AlertChanged:
		return n.alerts(ctx, r.Project)
	case audit.DatasetChanged, audit.DatasetExported:
		return n.datasets(ctx, r.Project)
	case audit.ReviewFrozen, audit.ReviewChanged:
		return n.review(ctx, r.Project, heed.ReviewID(r.Object))
	case audit.FindingChanged:
		return n.finding(ctx, r.Project, heed.FindingID(r.Object))
	case audit.InboxChanged:
		return n.finding(ctx, r.Project, heed.FindingID(r.Details["finding"]))
	}
	return nil
}

// first reports whether a list has not been asked for, and may be.
func (n *naming) first(list string, of heed.ProjectID, action access.Action) bool {
	key := list + " " + string(of)
	if n.asked[key] {
		return false
	}
	n.asked[key] = true
	return n.who.May(action) == nil
}

// members and projects are told to everybody who reads the log: it names who acted,
// and the page of what becomes of people's data names the projects.
func (n *naming) members(ctx context.Context) error {
	if !n.first("members", "", access.ReadAudit) {
		return nil
	}
	all, err := n.catalog.ListUsers(ctx)
	for _, u := range all {
		n.names[u.ID] = u.Name
	}
	return err
}

func (n *naming) projects(ctx context.Context) error {
	if !n.first("projects", "", access.ReadAudit) {
		return nil
	}
	all, err := n.catalog.ListProjects(ctx)
	for _, p := range all {
		n.names[string(p.ID)] = p.Name
	}
	return err
}

func (n *naming) keys(ctx context.Context, project heed.ProjectID) error {
	if !n.first("keys", project, access.ReadKeys) {
		return nil
	}
	all, err := n.catalog.ListKeys(ctx, project)
	for _, k := range all {
		n.names[k.ID] = k.Name
	}
	return err
}

func (n *naming) endpoints(ctx context.Context, project heed.ProjectID) error {
	if !n.first("endpoints", project, access.Notify) {
		return nil
	}
	all, err := n.catalog.ListEndpoints(ctx, project)
	for _, e := range all {
		n.names[string(e.ID)] = e.Name
	}
	return err
}

func (n *naming) alerts(ctx context.Context, project heed.ProjectID) error {
	if !n.first("alerts", project, access.ReadItems) {
		return nil
	}
	all, err := n.catalog.ListAlerts(ctx, project)
	for _, a := range all {
		n.names[string(a.ID)] = a.Name
	}
	return err
}

func (n *naming) datasets(ctx context.Context, project heed.ProjectID) error {
	if !n.first("datasets", project, access.ReadItems) {
		return nil
	}
	all, err := n.catalog.ListDatasets(ctx, project)
	for _, d := range all {
		n.names[string(d.ID)] = d.Name
	}
	return err
}

// review and finding are asked for one by one: a project may have thousands.
func (n *naming) review(ctx context.Context, project heed.ProjectID, id heed.ReviewID) error {
	if id == "" || !n.first(string(id), project, access.ReadItems) {
		return nil
	}
	r, err := n.catalog.Review(ctx, project, id)
	if heed.CodeOf(err) == heed.NotFound {
		return nil
	}
	n.names[string(id)] = fmt.Sprint("review ", r.Number)
	return err
}

func (n *naming) finding(ctx context.Context, project heed.ProjectID, id heed.FindingID) error {
	if id == "" || !n.first(string(id), project, access.ReadItems) {
		return nil
	}
	f, err := n.catalog.Finding(ctx, project, id)
	if heed.CodeOf(err) == heed.NotFound {
		return nil
	}
	n.names[string(id)] = f.Title
	return err
}

// RevealReasons tells why attachments were read, by the id of the right to. The
// reasons are not in the log itself: they are texts, and can be forgotten.
func RevealReasons(ctx context.Context, reveals store.Reveals, records []audit.Record) (map[string]string, error) {
	reasons, asked := map[string]string{}, map[string]bool{}
	for i := range records {
		id := records[i].Details["reveal"]
		if records[i].Action != audit.Revealed || id == "" || asked[id] {
			continue
		}
		asked[id] = true
		r, err := reveals.Reveal(ctx, records[i].Project, id)
		if err != nil && heed.CodeOf(err) != heed.NotFound {
			return nil, err
		}
		if r.Reason != "" {
			reasons[id] = r.Reason
		}
	}
	return reasons, nil
}
