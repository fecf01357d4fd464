package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/endpoints.create.sql
	endpointsCreate string
	//go:embed query/endpoints.get.sql
	endpointsGet string
	//go:embed query/endpoints.list.sql
	endpointsList string
	//go:embed query/endpoints.active.sql
	endpointsActive string
	//go:embed query/endpoints.update.sql
	endpointsUpdate string
	//go:embed query/endpoints.delete.sql
	endpointsDelete string
	//go:embed query/endpoints.target.sql
	endpointsTarget string
	//go:embed query/endpoints.fare.sql
	endpointsFare string
	//go:embed query/endpoints.disable.sql
	endpointsDisable string
	//go:embed query/endpoint_positions.put.sql
	endpointPositionsPut string
)

// CreateEndpoint stores a new endpoint that follows each history from a position.
func (c *Catalog) CreateEndpoint(ctx context.Context, e heed.Endpoint, target []byte, positions map[string]int64) error {
	return c.change(ctx, "create an endpoint", func(tx *sql.Tx) error {
		args, err := endpointArgs(&e)
		if err != nil {
			return err
		}
		args = append(args, sql.Named("kind", string(e.Kind)), sql.Named("target", target), sql.Named("created_at", e.CreatedAt.UnixMicro()), sql.Named("most", heed.MaxEndpoints))
		created, err := tx.ExecContext(ctx, endpointsCreate, args...)
		if err != nil {
			return err
		}
		if n, err := created.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = heed.Errorf(heed.Conflict, "this project has %d endpoints, which is the most: delete one first", heed.MaxEndpoints)
			}
			return err
		}
		if err := putPositions(ctx, tx, e.Project, e.ID, positions); err != nil {
			return err
		}
		return auditEndpoint(ctx, tx, e.Project, e.ID, map[string]string{"changed": "created", "kind": string(e.Kind), "host": hostSaid(e.Host)})
	})
}

// Endpoint returns one endpoint.
func (c *Catalog) Endpoint(ctx context.Context, project heed.ProjectID, id heed.EndpointID) (heed.Endpoint, error) {
	e, err := scanEndpoint(c.read.QueryRowContext(ctx, endpointsGet, sql.Named("project", string(project)), sql.Named("id", string(id))))
	return e, failure("get an endpoint", err)
}

// ListEndpoints returns the endpoints of a project, oldest first.
func (c *Catalog) ListEndpoints(ctx context.Context, project heed.ProjectID) ([]heed.Endpoint, error) {
	all, err := list(ctx, c.read, scanEndpoint, endpointsList, sql.Named("project", string(project)))
	return all, failure("list endpoints", err)
}

// ActiveEndpoints returns those of all projects that may be told something.
func (c *Catalog) ActiveEndpoints(ctx context.Context) ([]heed.Endpoint, error) {
	all, err := list(ctx, c.read, scanEndpoint, endpointsActive)
	return all, failure("list active endpoints", err)
}

// EndpointTarget returns the sealed address of an endpoint.
func (c *Catalog) EndpointTarget(ctx context.Context, project heed.ProjectID, id heed.EndpointID) (target []byte, err error) {
	err = c.read.QueryRowContext(ctx, endpointsTarget, sql.Named("project", string(project)), sql.Named("id", string(id))).Scan(&target)
	return target, failure("get the address of an endpoint", err)
}

// ChangeEndpoint stores a change.
func (c *Catalog) ChangeEndpoint(ctx context.Context, change store.EndpointChange) error {
	e := &change.Endpoint
	return c.change(ctx, "change an endpoint", func(tx *sql.Tx) error {
		args, err := endpointArgs(e)
		if err != nil {
			return err
		}
		if _, err := scanEndpoint(tx.QueryRowContext(ctx, endpointsGet, sql.Named("project", string(e.Project)), sql.Named("id", string(e.ID)))); err != nil {
			return err
		}
		var target any
		if change.Target != nil {
			target = change.Target
		}
		err = changeOne(tx.ExecContext(ctx, endpointsUpdate, append(args, sql.Named("target", target), sql.Named("resume", change.Resume))...))
		if err == sql.ErrNoRows {
			return heed.Errorf(heed.Conflict, "this endpoint was changed meanwhile, so yours was not made: look at it as it is now, then change it again")
		}
		if err != nil {
			return err
		}
		if err := putPositions(ctx, tx, e.Project, e.ID, change.Positions); err != nil {
			return err
		}
		for _, ask := range []struct {
			wanted bool
			query  string
		}{{change.Drop, deliveriesDrop}, {change.Resume, deliveriesResume}} {
			if !ask.wanted {
				continue
			}
			if _, err := tx.ExecContext(ctx, ask.query, sql.Named("project", string(e.Project)), sql.Named("endpoint", string(e.ID)), sql.Named("at", e.UpdatedAt.UnixMicro())); err != nil {
				return err
			}
		}
		details := map[string]string{"changed": change.What, "state": string(e.State)}
		if change.Target != nil {
			details["host"] = hostSaid(e.Host) // where all of it goes from now on
		}
		return auditEndpoint(ctx, tx, e.Project, e.ID, details)
	})
}

// DeleteEndpoint removes an endpoint with its deliveries.
func (c *Catalog) DeleteEndpoint(ctx context.Context, project heed.ProjectID, id heed.EndpointID) error {
	return c.change(ctx, "delete an endpoint", func(tx *sql.Tx) error {
		if err := changeOne(tx.ExecContext(ctx, endpointsDelete, sql.Named("project", string(project)), sql.Named("id", string(id)))); err != nil {
			return err
		}
		return auditEndpoint(ctx, tx, project, id, map[string]string{"changed": "deleted"})
	})
}

func auditEndpoint(ctx context.Context, tx *sql.Tx, project heed.ProjectID, id heed.EndpointID, details map[string]string) error {
	_, err := appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.EndpointChanged, Object: string(id), Details: details})
	return err
}

// hostSaid is a host, or several, in the letters that the audit log takes and as long
// as it takes them: an address may be of numbers in brackets, or in letters of any
// script.
func hostSaid(host string) string {
	said := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("_.,:-", r):
			return r
		case strings.ContainsRune("[] ", r):
			return -1
		}
		return '_'
	}, host)
	const most = 256
	return said[:min(len(said), most)]
}

// keepFare notes whether an endpoint took what it was sent and, if it is to be
// disabled, does that, and writes it down.
func keepFare(ctx context.Context, tx *sql.Tx, t *store.TryResult) error {
	d := &t.Delivery
	rest := int64(0)
	if !t.RestUntil.IsZero() {
		rest = t.RestUntil.UnixMicro()
	}
	_, err := tx.ExecContext(ctx, endpointsFare, sql.Named("project", string(d.Project)), sql.Named("id", string(d.Endpoint)),
		sql.Named("well", t.Try.Outcome == heed.OutcomeTaken), sql.Named("time", t.Try.Time.UnixMicro()), sql.Named("rest_until", rest))
	if err != nil || t.Disable == "" {
		return err
	}
	err = changeOne(tx.ExecContext(ctx, endpointsDisable, sql.Named("project", string(d.Project)), sql.Named("id", string(d.Endpoint)),
		sql.Named("reason", string(t.Disable)), sql.Named("time", t.Try.Time.UnixMicro())))
	if err == sql.ErrNoRows {
		return nil // it is already
	}
	if err != nil {
		return err
	}
	return auditEndpoint(ctx, tx, d.Project, d.Endpoint, map[string]string{"changed": "state", "state": string(heed.EndpointDisabled), "reason": string(t.Disable)})
}

func putPositions(ctx context.Context, tx *sql.Tx, project heed.ProjectID, id heed.EndpointID, positions map[string]int64) error {
	for history, position := range positions {
		_, err := tx.ExecContext(ctx, endpointPositionsPut, sql.Named("endpoint", string(id)), sql.Named("history", history),
			sql.Named("project", string(project)), sql.Named("position", position))
		if err != nil {
			return err
		}
	}
	return nil
}

func endpointArgs(e *heed.Endpoint) ([]any, error) {
	events, err := jsonArray(e.Events)
	if err != nil {
		return nil, err
	}
	return []any{
		sql.Named("id", string(e.ID)), sql.Named("project", string(e.Project)), sql.Named("version", e.Version), sql.Named("name", e.Name), sql.Named("host", e.Host),
		sql.Named("events", events), sql.Named("state", string(e.State)), sql.Named("reason", string(e.Reason)),
		sql.Named("old_secret_until", microsOf(e.OldSecretUntil)), sql.Named("updated_at", e.UpdatedAt.UnixMicro()),
	}, nil
}

func scanEndpoint(row scanner) (heed.Endpoint, error) {
	var e heed.Endpoint
	var events []byte
	var failing, old, created, updated int64
	err := row.Scan(&e.ID, &e.Project, &e.Version, &e.Name, &e.Kind, &e.Host, &events, &e.State, &e.Reason, &failing, &old, &created, &updated)
	if err != nil {
		return heed.Endpoint{}, err
	}
	e.FailingSince, e.OldSecretUntil, e.CreatedAt, e.UpdatedAt = instantOrZero(failing), instantOrZero(old), instant(created), instant(updated)
	return e, json.Unmarshal(events, &e.Events)
}

// instantOrZero reads what microsOf made.
func instantOrZero(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return instant(micro)
}
