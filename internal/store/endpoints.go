package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Endpoints keeps where what happens is told outside. Every method that changes
// one for good writes an audit record in its transaction.
type Endpoints interface {
	// CreateEndpoint stores a new endpoint that follows each history from a
	// position. Conflict if the project has heed.MaxEndpoints of them.
	CreateEndpoint(ctx context.Context, e heed.Endpoint, target []byte, positions map[string]int64) error
	Endpoint(ctx context.Context, project heed.ProjectID, id heed.EndpointID) (heed.Endpoint, error)
	// ListEndpoints returns the endpoints of a project, oldest first.
	ListEndpoints(ctx context.Context, project heed.ProjectID) ([]heed.Endpoint, error)
	// ChangeEndpoint stores a change. Conflict unless the stored version is the one
	// before its.
	ChangeEndpoint(ctx context.Context, c EndpointChange) error
	// DeleteEndpoint removes an endpoint with its deliveries.
	DeleteEndpoint(ctx context.Context, project heed.ProjectID, id heed.EndpointID) error
	// EndpointTarget returns the sealed address of an endpoint.
	EndpointTarget(ctx context.Context, project heed.ProjectID, id heed.EndpointID) ([]byte, error)
	// ActiveEndpoints returns those of all projects that may be told something.
	ActiveEndpoints(ctx context.Context) ([]heed.Endpoint, error)
}

// EndpointChange is what somebody did to an endpoint.
type EndpointChange struct {
	Endpoint  heed.Endpoint
	What      string           // names of what changed, for the audit log
	Target    []byte           // sealed; nil: it stays
	Positions map[string]int64 // histories that it goes on to follow from another place
	// Resume has what waits tried from the beginning, now, as if the endpoint had
	// never failed; Drop lets go of it.
	Resume, Drop bool
}

// Deliveries keeps what is on its way to endpoints.
type Deliveries interface {
	// EndpointPositions returns how far an endpoint has followed each history.
	EndpointPositions(ctx context.Context, project heed.ProjectID, id heed.EndpointID) (map[string]int64, error)
	// QueueDeliveries adds deliveries and moves the position in a history, all or
	// nothing: an event is queued once, whoever else queues at the same time.
	// Conflict if the endpoint is not at from.
	QueueDeliveries(ctx context.Context, m PositionMove, all []heed.Delivery) error
	// DueDeliveries returns what an active endpoint is to be sent now, in the order
	// in which it happened; nothing while the endpoint rests. What somebody sent to
	// try it comes first, and rests never.
	DueDeliveries(ctx context.Context, project heed.ProjectID, id heed.EndpointID, now time.Time, limit int) ([]heed.Delivery, error)
	// KeepTry stores how a try went: what became of the delivery, and of its
	// endpoint. One that was taken ends that the endpoint fails and rests, unless it
	// was begun no later than the try that failed. Conflict if the delivery had
	// another try meanwhile.
	KeepTry(ctx context.Context, t TryResult) error
	// ReplayDelivery has a delivery that is over sent again, from the beginning.
	// Conflict if it is on its way.
	ReplayDelivery(ctx context.Context, project heed.ProjectID, endpoint heed.EndpointID, id heed.DeliveryID, at time.Time) error
	// WaitingDeliveries counts what waits, by endpoint: of one, or of all with "".
	WaitingDeliveries(ctx context.Context, project heed.ProjectID, id heed.EndpointID) (map[heed.EndpointID]int64, error)
}

// DeliveryLog tells what was delivered.
type DeliveryLog interface {
	// ListDeliveries lists the deliveries of an endpoint, newest first.
	ListDeliveries(ctx context.Context, q DeliveryQuery) ([]heed.Delivery, error)
	// Delivery returns a delivery to an endpoint.
	Delivery(ctx context.Context, project heed.ProjectID, endpoint heed.EndpointID, id heed.DeliveryID) (heed.Delivery, error)
	// DeliveryTries returns the tries of a delivery, oldest first.
	DeliveryTries(ctx context.Context, project heed.ProjectID, id heed.DeliveryID) ([]heed.DeliveryTry, error)
	// ExpireDeliveries deletes deliveries that were queued before a time, and what
	// was noted of histories to be followed. It returns how many of the former.
	ExpireDeliveries(ctx context.Context, before time.Time) (int64, error)
	// DeliveriesOf lists what endpoints have taken of some objects of a history, oldest
	// first.
	DeliveriesOf(ctx context.Context, project heed.ProjectID, history string, objects ...string) ([]heed.Delivery, error)
	// DeliveryStanding counts how deliveries of all projects stand.
	DeliveryStanding(ctx context.Context) (DeliveryStanding, error)
}

// DeliveryStanding is how deliveries of all projects stand.
type DeliveryStanding struct {
	Waiting int64     // for endpoints that are active
	Oldest  time.Time // when the first of these happened; zero: none waits

	// Endpoints counts endpoints by state; those that are active and take nothing
	// are Failing as well.
	Endpoints map[heed.EndpointState]int64
	Failing   int64
}

// Happenings is what happened to the catalog's own objects, in order.
type Happenings interface {
	// HappeningsAfter lists what a history of a project has after a position, limit
	// at most.
	HappeningsAfter(ctx context.Context, project heed.ProjectID, history string, after int64, limit int) ([]Happening, error)
	// LastHappening is the position of the newest; 0 before the first.
	LastHappening(ctx context.Context, project heed.ProjectID, history string) (int64, error)
}

// Happening is one step of one object, written in the transaction of the step.
type Happening struct {
	Position int64
	Object   string
	Event    int64 // its number in the history of the object
	Time     time.Time
}

// PositionMove is how far an endpoint gets on in a history; without one it stays.
// From below 0 is where it has not followed it yet.
type PositionMove struct {
	Project  heed.ProjectID
	Endpoint heed.EndpointID
	History  string
	From, To int64
}

// TryResult is how a try went.
type TryResult struct {
	Delivery heed.Delivery // as it is now, with this try counted
	Try      heed.DeliveryTry
	// RestUntil is until when the endpoint is sent nothing, since it took nothing.
	RestUntil time.Time
	// Disable ends deliveries to the endpoint, for a reason; empty: it stays.
	Disable heed.EndpointReason
}

// DeliveryQuery chooses deliveries of an endpoint.
type DeliveryQuery struct {
	Project  heed.ProjectID
	Endpoint heed.EndpointID
	State    heed.DeliveryState // empty: all
	Before   int64              // its position in the log; 0: from the newest
	Limit    int
}
