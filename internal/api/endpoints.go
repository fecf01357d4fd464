package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

const (
	// maxNotificationBytes bounds the body of what changes an endpoint or an alert.
	maxNotificationBytes = 64 << 10
	// notificationShape says what such a body is.
	notificationShape = "must be a JSON object with names and values as /openapi.json describes them, and no others"
)

func (a *API) registerEndpoints(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	id := rest.Param{Name: "id", In: "path", Description: "The endpoint's id."}
	delivery := rest.Param{Name: "delivery", In: "path", Description: "The delivery's id, which receivers see as webhook-id."}
	rest.Handle(api, rest.Endpoint{
		ID: "list-endpoints", Method: http.MethodGet, Path: "/v1/endpoints", Tag: "Notifications",
		Summary: "Where what happens is told, oldest first", Credentials: credentials,
		Status: http.StatusOK, Answer: EndpointList{}, Serve: a.read(a.listEndpoints),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "create-endpoint", Method: http.MethodPost, Path: "/v1/endpoints", Tag: "Notifications",
		Summary:     "Tell a webhook, a channel of Slack or mailboxes what happens from now on",
		Description: "Its address is kept sealed and shown to nobody again. The secret that signs for Heed, by Standard Webhooks, is shown this once.",
		Credentials: credentials, Body: EndpointBody{}, Status: http.StatusCreated, Answer: NewEndpoint{}, Serve: a.manage(a.createEndpoint),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-endpoint", Method: http.MethodGet, Path: "/v1/endpoints/{id}", Tag: "Notifications",
		Summary: "An endpoint, and how much waits for it", Credentials: credentials, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: EndpointItem{}, Serve: a.read(a.getEndpoint),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "change-endpoint", Method: http.MethodPatch, Path: "/v1/endpoints/{id}", Tag: "Notifications",
		Summary: "Change, pause or go on with an endpoint",
		Description: "What is absent stays. It needs the version that was read: where somebody else was faster it is a conflict. One that goes on is sent what it " +
			"missed of the last 30 days, or nothing of it with missed: drop.",
		Credentials: credentials, Params: []rest.Param{id}, Body: EndpointChangeBody{}, Status: http.StatusOK, Answer: EndpointItem{}, Serve: a.manage(a.changeEndpoint),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "delete-endpoint", Method: http.MethodDelete, Path: "/v1/endpoints/{id}", Tag: "Notifications",
		Summary: "End an endpoint, with the log of its deliveries", Credentials: credentials, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: Nothing{}, Serve: a.manage(a.deleteEndpoint),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "rotate-endpoint", Method: http.MethodPost, Path: "/v1/endpoints/{id}/rotate", Tag: "Notifications",
		Summary: "Give a webhook another secret; the one before signs beside it for a day", Credentials: credentials, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: NewEndpoint{}, Serve: a.manage(a.rotateEndpoint),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "test-endpoint", Method: http.MethodPost, Path: "/v1/endpoints/{id}/test", Tag: "Notifications",
		Summary: "Send something that says nothing but that the endpoint is reached", Description: "The delivery says how that went, a moment later.",
		Credentials: credentials, Params: []rest.Param{id}, Status: http.StatusAccepted, Answer: heed.Delivery{}, Serve: a.manage(a.testEndpoint),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "list-deliveries", Method: http.MethodGet, Path: "/v1/endpoints/{id}/deliveries", Tag: "Notifications",
		Summary: "What an endpoint was sent in the last 30 days, newest first", Credentials: credentials,
		Params: []rest.Param{
			id,
			{Name: "state", In: "query", Enum: []string{"waiting", "delivered", "failed", "void"}, Description: "Only those."},
			{Name: "limit", In: "query", Integer: true, Description: "Items on the page, 1 to 1000; 100 unless told otherwise."},
			{Name: "cursor", In: "query", Description: "From the previous page's next."},
		},
		Status: http.StatusOK, Answer: DeliveryList{}, Serve: a.read(a.listDeliveries),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-delivery", Method: http.MethodGet, Path: "/v1/endpoints/{id}/deliveries/{delivery}", Tag: "Notifications",
		Summary: "A delivery with its tries", Credentials: credentials, Params: []rest.Param{id, delivery},
		Status: http.StatusOK, Answer: DeliveryDetail{}, Serve: a.read(a.getDelivery),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "replay-delivery", Method: http.MethodPost, Path: "/v1/endpoints/{id}/deliveries/{delivery}/replay", Tag: "Notifications",
		Summary: "Send a delivery that is over again, under the same webhook-id", Credentials: credentials, Params: []rest.Param{id, delivery},
		Status: http.StatusAccepted, Answer: Nothing{}, Serve: a.manage(a.replayDelivery),
	})
}

// EndpointItem is an endpoint as it is read.
type EndpointItem struct {
	heed.Endpoint
	Waiting int64 `json:"waiting" doc:"Deliveries that are on their way."`
}

// EndpointList lists endpoints.
type EndpointList struct {
	Items []EndpointItem `json:"items"`
	Mail  bool           `json:"mail" doc:"Whether the server can send mail."`
}

// NewEndpoint is an endpoint at the one moment when its secret can be read.
type NewEndpoint struct {
	EndpointItem
	Secret string `json:"secret,omitempty" doc:"Of a webhook: whsec_…, by which it knows Heed."`
}

// DeliveryList is one page of deliveries.
type DeliveryList struct {
	Items []heed.Delivery `json:"items"`
	Next  string          `json:"next" doc:"Cursor of the next page; empty on the last."`
}

// DeliveryDetail is a delivery with its tries, oldest first.
type DeliveryDetail struct {
	heed.Delivery
	Items []heed.DeliveryTry `json:"items" doc:"Its tries, oldest first."`
}

func (a *API) listEndpoints(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	all, err := a.catalog.ListEndpoints(ctx, project)
	if err != nil {
		return nil, err
	}
	waiting, err := a.catalog.WaitingDeliveries(ctx, project, "")
	list := EndpointList{Items: make([]EndpointItem, 0, len(all)), Mail: a.outward.SMTP.Host != ""}
	for _, e := range all {
		list.Items = append(list.Items, EndpointItem{e, waiting[e.ID]})
	}
	return list, err
}

func (a *API) getEndpoint(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	e, err := a.endpoint(ctx, project, r)
	if err != nil {
		return nil, err
	}
	return a.endpointItem(ctx, e)
}

// endpoint reads the endpoint that the path names.
func (a *API) endpoint(ctx context.Context, project heed.ProjectID, r *http.Request) (heed.Endpoint, error) {
	e, err := a.catalog.Endpoint(ctx, project, heed.EndpointID(r.PathValue("id")))
	return e, noEndpoint(err)
}

func noEndpoint(err error) error {
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Wrap(heed.NotFound, err, "there is no such endpoint")
	}
	return err
}

func (a *API) endpointItem(ctx context.Context, e heed.Endpoint) (EndpointItem, error) {
	waiting, err := a.catalog.WaitingDeliveries(ctx, e.Project, e.ID)
	return EndpointItem{e, waiting[e.ID]}, err
}

func (a *API) listDeliveries(ctx context.Context, project heed.ProjectID, r *http.Request, values url.Values) (any, error) {
	e, err := a.endpoint(ctx, project, r)
	if err != nil {
		return nil, err
	}
	q := store.DeliveryQuery{Project: project, Endpoint: e.ID, State: heed.DeliveryState(values.Get("state"))}
	if err := onlyNames(values, "state", "limit", "cursor"); err != nil {
		return nil, err
	}
	if !slices.Contains([]heed.DeliveryState{"", heed.DeliveryWaiting, heed.DeliveryDelivered, heed.DeliveryFailed, heed.DeliveryVoid}, q.State) {
		return nil, heed.InvalidField("query.state", "must be waiting, delivered, failed or void")
	}
	if q.Limit, err = query.ParseLimit(values.Get("limit")); err != nil {
		return nil, err
	}
	if cursor := values.Get("cursor"); cursor != "" {
		if q.Before, err = strconv.ParseInt(cursor, 10, 64); err != nil || q.Before < 1 {
			return nil, heed.InvalidField("query.cursor", "must be the next of a page before")
		}
	}
	all, err := a.catalog.ListDeliveries(ctx, q)
	if err != nil {
		return nil, err
	}
	list := DeliveryList{Items: all}
	if n := len(all); n == q.Limit {
		list.Next = strconv.FormatInt(all[n-1].Number, 10)
	}
	return list, nil
}

func (a *API) getDelivery(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	e, err := a.endpoint(ctx, project, r)
	if err != nil {
		return nil, err
	}
	d, err := a.catalog.Delivery(ctx, project, e.ID, heed.DeliveryID(r.PathValue("delivery")))
	if err != nil {
		return nil, noDelivery(err)
	}
	tries, err := a.catalog.DeliveryTries(ctx, project, d.ID)
	return DeliveryDetail{d, tries}, err
}

func noDelivery(err error) error {
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Wrap(heed.NotFound, err, "there is no such delivery to this endpoint: the log goes back 30 days")
	}
	return err
}

func (a *API) deleteEndpoint(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	err := a.catalog.DeleteEndpoint(r.Context(), who.Project, heed.EndpointID(r.PathValue("id")))
	return Nothing{}, noEndpoint(err)
}
