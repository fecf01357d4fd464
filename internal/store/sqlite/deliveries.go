package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/endpoint_positions.list.sql
	endpointPositionsList string
	//go:embed query/endpoint_positions.move.sql
	endpointPositionsMove string
	//go:embed query/deliveries.queue.sql
	deliveriesQueue string
	//go:embed query/deliveries.due.sql
	deliveriesDue string
	//go:embed query/deliveries.get.sql
	deliveriesGet string
	//go:embed query/deliveries.list.sql
	deliveriesList string
	//go:embed query/deliveries.of_objects.sql
	deliveriesOfObjects string
	//go:embed query/deliveries.update.sql
	deliveriesUpdate string
	//go:embed query/deliveries.replay.sql
	deliveriesReplay string
	//go:embed query/deliveries.resume.sql
	deliveriesResume string
	//go:embed query/deliveries.drop.sql
	deliveriesDrop string
	//go:embed query/deliveries.waiting.sql
	deliveriesWaiting string
	//go:embed query/deliveries.expire.sql
	deliveriesExpire string
	//go:embed query/deliveries.standing.sql
	deliveriesStanding string
	//go:embed query/endpoints.count.sql
	endpointsCount string
	//go:embed query/delivery_tries.add.sql
	deliveryTriesAdd string
	//go:embed query/delivery_tries.list.sql
	deliveryTriesList string
)

// EndpointPositions returns how far an endpoint has followed each history.
func (c *Catalog) EndpointPositions(ctx context.Context, project heed.ProjectID, id heed.EndpointID) (map[string]int64, error) {
	type place struct {
		history  string
		position int64
	}
	places, err := list(ctx, c.read, func(row scanner) (p place, err error) { return p, row.Scan(&p.history, &p.position) },
		endpointPositionsList, sql.Named("project", string(project)), sql.Named("endpoint", string(id)))
	positions := make(map[string]int64, len(places))
	for _, p := range places {
		positions[p.history] = p.position
	}
	return positions, failure("list the positions of an endpoint", err)
}

// QueueDeliveries adds deliveries and moves the position in a history.
func (c *Catalog) QueueDeliveries(ctx context.Context, m store.PositionMove, all []heed.Delivery) error {
	return c.change(ctx, "queue deliveries", func(tx *sql.Tx) error {
		if m.From < 0 {
			if err := putPositions(ctx, tx, m.Project, m.Endpoint, map[string]int64{m.History: m.To}); err != nil {
				return err
			}
		} else if m.History != "" {
			err := changeOne(tx.ExecContext(ctx, endpointPositionsMove, sql.Named("project", string(m.Project)), sql.Named("endpoint", string(m.Endpoint)),
				sql.Named("history", m.History), sql.Named("from", m.From), sql.Named("to", m.To)))
			if err == sql.ErrNoRows {
				return heed.Errorf(heed.Conflict, "the endpoint has followed this history further meanwhile")
			}
			if err != nil {
				return err
			}
		}
		for i := range all {
			d := &all[i]
			_, err := tx.ExecContext(ctx, deliveriesQueue, sql.Named("id", string(d.ID)), sql.Named("project", string(d.Project)), sql.Named("endpoint", string(d.Endpoint)),
				sql.Named("type", string(d.Type)), sql.Named("history", d.History), sql.Named("object", d.Object), sql.Named("event", d.Event),
				sql.Named("happened_at", d.Happened.UnixMicro()), sql.Named("queued_at", d.QueuedAt.UnixMicro()), sql.Named("next_at", d.NextAt.UnixMicro()))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// DueDeliveries returns what an active endpoint is to be sent now.
func (c *Catalog) DueDeliveries(ctx context.Context, project heed.ProjectID, id heed.EndpointID, now time.Time, limit int) ([]heed.Delivery, error) {
	due, err := list(ctx, c.read, scanDelivery, deliveriesDue, sql.Named("project", string(project)), sql.Named("endpoint", string(id)),
		sql.Named("now", now.UnixMicro()), sql.Named("limit", limit))
	return due, failure("list what is to be delivered", err)
}

// KeepTry stores how a try went.
func (c *Catalog) KeepTry(ctx context.Context, t store.TryResult) error {
	d := &t.Delivery
	return c.change(ctx, "keep a try of a delivery", func(tx *sql.Tx) error {
		err := changeOne(tx.ExecContext(ctx, deliveriesUpdate, sql.Named("project", string(d.Project)), sql.Named("id", string(d.ID)), sql.Named("state", string(d.State)),
			sql.Named("tries", d.Tries), sql.Named("next_at", microsOf(d.NextAt)), sql.Named("done_at", microsOf(d.DoneAt)),
			sql.Named("outcome", string(d.Outcome)), sql.Named("status", d.Status)))
		if err == sql.ErrNoRows {
			return heed.Errorf(heed.Conflict, "the delivery had another try meanwhile")
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, deliveryTriesAdd, sql.Named("delivery", string(d.ID)), sql.Named("number", t.Try.Number), sql.Named("project", string(d.Project)),
			sql.Named("time", t.Try.Time.UnixMicro()), sql.Named("outcome", string(t.Try.Outcome)), sql.Named("status", t.Try.Status), sql.Named("took_ms", t.Try.Took))
		if err != nil || t.Try.Outcome == heed.OutcomeErased {
			return err
		}
		return keepFare(ctx, tx, &t)
	})
}

// ReplayDelivery has a delivery that is over sent again, from the beginning.
func (c *Catalog) ReplayDelivery(ctx context.Context, project heed.ProjectID, endpoint heed.EndpointID, id heed.DeliveryID, at time.Time) error {
	return c.change(ctx, "replay a delivery", func(tx *sql.Tx) error {
		named := []any{sql.Named("project", string(project)), sql.Named("endpoint", string(endpoint)), sql.Named("id", string(id))}
		if _, err := scanDelivery(tx.QueryRowContext(ctx, deliveriesGet, named...)); err != nil {
			return err
		}
		err := changeOne(tx.ExecContext(ctx, deliveriesReplay, append(named, sql.Named("at", at.UnixMicro()))...))
		if err == sql.ErrNoRows {
			return heed.Errorf(heed.Conflict, "this delivery is on its way: wait until it is over")
		}
		if err != nil {
			return err
		}
		return auditEndpoint(ctx, tx, project, endpoint, map[string]string{"changed": "replayed", "delivery": string(id)})
	})
}

// WaitingDeliveries counts what waits, by endpoint.
func (c *Catalog) WaitingDeliveries(ctx context.Context, project heed.ProjectID, id heed.EndpointID) (map[heed.EndpointID]int64, error) {
	type waiting struct {
		endpoint heed.EndpointID
		n        int64
	}
	all, err := list(ctx, c.read, func(row scanner) (w waiting, err error) { return w, row.Scan(&w.endpoint, &w.n) },
		deliveriesWaiting, sql.Named("project", string(project)), sql.Named("endpoint", string(id)))
	counts := make(map[heed.EndpointID]int64, len(all))
	for _, w := range all {
		if w.n > 0 {
			counts[w.endpoint] = w.n
		}
	}
	return counts, failure("count what waits", err)
}

// ListDeliveries lists the deliveries of an endpoint, newest first.
func (c *Catalog) ListDeliveries(ctx context.Context, q store.DeliveryQuery) ([]heed.Delivery, error) {
	all, err := list(ctx, c.read, scanDelivery, deliveriesList, sql.Named("project", string(q.Project)), sql.Named("endpoint", string(q.Endpoint)),
		sql.Named("state", string(q.State)), sql.Named("before", q.Before), sql.Named("limit", q.Limit))
	return all, failure("list deliveries", err)
}

// DeliveriesOf lists what endpoints have taken of some objects.
func (c *Catalog) DeliveriesOf(ctx context.Context, project heed.ProjectID, history string, objects ...string) ([]heed.Delivery, error) {
	ids, err := jsonArray(objects)
	if err != nil {
		return nil, err
	}
	all, err := list(ctx, c.read, scanDelivery, deliveriesOfObjects, sql.Named("project", string(project)), sql.Named("history", history), sql.Named("objects", ids))
	return all, failure("list deliveries", err)
}

// Delivery returns a delivery to an endpoint.
func (c *Catalog) Delivery(ctx context.Context, project heed.ProjectID, endpoint heed.EndpointID, id heed.DeliveryID) (heed.Delivery, error) {
	d, err := scanDelivery(c.read.QueryRowContext(ctx, deliveriesGet, sql.Named("project", string(project)), sql.Named("endpoint", string(endpoint)), sql.Named("id", string(id))))
	return d, failure("get a delivery", err)
}

// DeliveryTries returns the tries of a delivery, oldest first.
func (c *Catalog) DeliveryTries(ctx context.Context, project heed.ProjectID, id heed.DeliveryID) ([]heed.DeliveryTry, error) {
	tries, err := list(ctx, c.read, func(row scanner) (t heed.DeliveryTry, err error) {
		var at int64
		err = row.Scan(&t.Number, &at, &t.Outcome, &t.Status, &t.Took)
		t.Time = instant(at)
		return t, err
	}, deliveryTriesList, sql.Named("project", string(project)), sql.Named("delivery", string(id)))
	return tries, failure("list the tries of a delivery", err)
}

// ExpireDeliveries deletes deliveries that were queued before a time, and what was
// noted of histories to be followed.
func (c *Catalog) ExpireDeliveries(ctx context.Context, before time.Time) (n int64, err error) {
	err = c.change(ctx, "expire deliveries", func(tx *sql.Tx) error {
		deleted, err := tx.ExecContext(ctx, deliveriesExpire, sql.Named("before", before.UnixMicro()))
		if err != nil {
			return err
		}
		if n, err = deleted.RowsAffected(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, happeningsExpire, sql.Named("before", before.UnixMicro()))
		return err
	})
	return n, err
}

// DeliveryStanding counts how deliveries of all projects stand.
func (c *Catalog) DeliveryStanding(ctx context.Context) (s store.DeliveryStanding, err error) {
	s.Endpoints = map[heed.EndpointState]int64{}
	err = c.look(ctx, "count how deliveries stand", func(tx *sql.Tx) error {
		var oldest int64
		if err := tx.QueryRowContext(ctx, deliveriesStanding).Scan(&s.Waiting, &oldest); err != nil {
			return err
		}
		s.Oldest = instantOrZero(oldest)
		_, err := list(ctx, tx, func(row scanner) (_ struct{}, err error) {
			var state heed.EndpointState
			var n, failing int64
			err = row.Scan(&state, &n, &failing)
			s.Endpoints[state] = n
			if state == heed.EndpointActive {
				s.Failing = failing
			}
			return struct{}{}, err
		}, endpointsCount)
		return err
	})
	return s, err
}

func scanDelivery(row scanner) (heed.Delivery, error) {
	var d heed.Delivery
	var happened, queued, next, done int64
	err := row.Scan(&d.Number, &d.ID, &d.Project, &d.Endpoint, &d.Type, &d.History, &d.Object, &d.Event, &happened, &queued, &d.State, &d.Tries, &d.Begun,
		&next, &done, &d.Outcome, &d.Status)
	d.Happened, d.QueuedAt, d.NextAt, d.DoneAt = instant(happened), instant(queued), instantOrZero(next), instantOrZero(done)
	return d, err
}
