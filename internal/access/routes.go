package access

import (
	"net/http"

	"github.com/heed-ai/heed"
)

// routes gives every route, by its pattern in net/http.ServeMux, the action that
// it is. The server answers no route without a row, the Door lets nobody in by
// one, and a test walks all that are registered.
var routes = map[string]Action{
	// What nobody has a name for is the gRPC service for OTLP, which has no
	// routes.
	"": Describe,

	// Feedback, events and tokens.
	"POST /v1/feedback":           Write,
	"DELETE /v1/feedback/{id}":    Write,
	"POST /v1/events":             Write,
	"POST /v1/tokens":             Describe,
	"POST /v1/attachments":        Write,
	"DELETE /v1/attachments/{id}": Write,
	"GET /v1/form":                ReadForm,
	"POST /v1/followups":          FollowUp,

	// Reading.
	"GET /v1/responses":                 ReadItems,
	"GET /v1/responses/{response_id}":   ReadItems,
	"GET /v1/feedback":                  ReadItems,
	"GET /v1/feedback/{id}":             ReadItems,
	"GET /v1/feedback/{id}/edits":       ReadItems,
	"GET /v1/feedback/{id}/attachments": ReadItems,
	"POST /v1/attachments/{id}/reveals": Reveal,
	"GET /v1/attachments/{id}/content":  Reveal,
	"GET /v1/live":                      ReadItems,
	"GET /v1/stats":                     ReadNumbers,
	"GET /v1/stats/series":              ReadNumbers,
	"GET /v1/stats/metrics":             ReadNumbers,
	"GET /v1/changes":                   ReadNumbers,
	"GET /v1/publications":              ReadNumbers,
	"POST /v1/publications":             Publish,
	"GET /v1/publications/{id}":         Open, // published
	"DELETE /v1/publications/{id}":      Publish,
	"POST /v1/redact":                   Redact,

	// Findings.
	"GET /v1/findings":                ReadItems,
	"GET /v1/findings/owners":         ReadItems,
	"GET /v1/findings/{id}":           ReadItems,
	"GET /v1/findings/{id}/feedback":  ReadItems,
	"POST /v1/findings":               Review,
	"PATCH /v1/findings/{id}":         Review,
	"POST /v1/findings/{id}/notes":    Review,
	"POST /v1/findings/{id}/feedback": Review,
	"POST /v1/findings/{id}/issue":    Review,

	// Datasets.
	"GET /v1/datasets":                                       ReadItems,
	"GET /v1/datasets/{id}":                                  ReadItems,
	"GET /v1/datasets/{id}/versions/{number}":                ReadItems,
	"GET /v1/datasets/{id}/versions/{number}/card":           ReadItems,
	"GET /v1/datasets/{id}/versions/{number}/files/{format}": TakeDataset,
	"GET /v1/feedback/{id}/marks":                            ReadItems,
	"POST /v1/datasets":                                      Curate,
	"DELETE /v1/datasets/{id}":                               Curate,
	"POST /v1/datasets/{id}/versions":                        Curate,
	"POST /v1/datasets/marks":                                Mark,
	"POST /v1/datasets/unmarks":                              Mark,
	// The inbox.
	"GET /v1/inbox":                    ReadItems,
	"GET /v1/inbox/count":              ReadItems,
	"GET /v1/inbox/items/{id}":         ReadItems,
	"PATCH /v1/inbox/items/{id}":       Review,
	"POST /v1/inbox/items/{id}/lock":   Review,
	"DELETE /v1/inbox/items/{id}/lock": Review,
	"POST /v1/inbox/changes":           Review,
	"GET /v1/inbox/views":              ReadItems,
	"POST /v1/inbox/views":             Review,
	"DELETE /v1/inbox/views/{id}":      Review,
	// Out to where work happens.
	"GET /v1/endpoints":                                    Notify,
	"POST /v1/endpoints":                                   Notify,
	"GET /v1/endpoints/{id}":                               Notify,
	"PATCH /v1/endpoints/{id}":                             Notify,
	"DELETE /v1/endpoints/{id}":                            Notify,
	"POST /v1/endpoints/{id}/rotate":                       Notify,
	"POST /v1/endpoints/{id}/test":                         Notify,
	"GET /v1/endpoints/{id}/deliveries":                    Notify,
	"GET /v1/endpoints/{id}/deliveries/{delivery}":         Notify,
	"POST /v1/endpoints/{id}/deliveries/{delivery}/replay": Notify,

	"GET /v1/alerts":              ReadItems,
	"GET /v1/alerts/{id}":         ReadItems,
	"POST /v1/alerts":             Notify,
	"PATCH /v1/alerts/{id}":       Notify,
	"DELETE /v1/alerts/{id}":      Notify,
	"POST /v1/alerts/{id}/snooze": Review,
	// Reviews.
	"GET /v1/reviews":                           ReadItems,
	"GET /v1/reviews/{id}":                      ReadItems,
	"GET /v1/reviews/cadence":                   ReadItems,
	"PUT /v1/reviews/cadence":                   Review,
	"POST /v1/reviews":                          Review,
	"PATCH /v1/reviews/{id}":                    Review,
	"POST /v1/reviews/{id}/decisions":           Review,
	"PATCH /v1/reviews/{id}/decisions/{number}": Review,

	// Settings, keys and members.
	"GET /v1/access":                 ListProjects,
	"GET /v1/projects":               ListProjects,
	"GET /v1/project":                ReadSettings,
	"PATCH /v1/project":              ChangeSettings,
	"GET /v1/integrations/slack":     ReadSettings,
	"PUT /v1/integrations/slack":     ChangeSettings,
	"DELETE /v1/integrations/slack":  ChangeSettings,
	"GET /v1/integrations/github":    ReadSettings,
	"PUT /v1/integrations/github":    ChangeSettings,
	"DELETE /v1/integrations/github": ChangeSettings,
	"GET /v1/keys":                   ReadKeys,
	"POST /v1/keys":                  ManageKeys,
	"DELETE /v1/keys/{id}":           ManageKeys,
	"GET /v1/users":                  ManageMembers,
	"POST /v1/users":                 ManageMembers,
	"PATCH /v1/users/{id}":           ManageMembers,
	"DELETE /v1/users/{id}":          ManageMembers,
	"POST /v1/session":               Open,
	"GET /v1/session":                OwnSession,
	"DELETE /v1/session":             OwnSession,
	"PUT /v1/session/password":       OwnSession,
	"GET /v1/session/ways":           Open,
	"POST /v1/session/oidc":          Open,
	"GET /v1/sessions":               OwnSession,
	"DELETE /v1/sessions/{id}":       OwnSession,
	"POST /v1/exports":               ReadItems,

	// People's rights, and who did what.
	"GET /v1/privacy":            ReadPrivacy,
	"GET /v1/privacy/{document}": ReadPrivacy,
	"POST /v1/erasures":          Erase,
	"GET /v1/erasures":           Erase,
	"GET /v1/erasures/{id}":      Erase,
	"POST /v1/subjects":          TellPerson,
	"GET /v1/retention":          ReadSettings,
	"POST /v1/retention/clock":   Retain,
	"POST /v1/retention/rewrite": Retain,
	"GET /v1/audit":              ReadAudit,
	"GET /v1/audit/checkpoint":   Checkpoint,
	"GET /v1/audit/published":    Checkpoint,

	// Protocols of others. Where they take several kinds of events, each is
	// decided on by itself.
	"POST /v1/traces":                   Describe,
	"POST /v1/logs":                     Describe,
	"POST /v1/metrics":                  Describe,
	"POST /api/public/otel/v1/traces":   Describe,
	"/gateway/{name}/{path...}":         Describe,
	"POST /mcp":                         AskTools,
	"POST /v1/integrations/slack/{id}":  Open, // Slack signs what it says
	"POST /v1/integrations/github/{id}": Open, // and so does GitHub
	"GET /api/public/health":            Open,
	"GET /api/public/projects":          Describe,
	"POST /api/public/ingestion":        Write,
	"POST /api/public/scores":           Write,
	"DELETE /api/public/scores/{id}":    Write,
	"GET /info":                         Open,
	"POST /v1/span_annotations":         Describe,
	"POST /v1/trace_annotations":        Describe,
	"POST /feedback":                    Write,
	"DELETE /feedback/{id}":             Write,
	"GET /f/{token}":                    Write,
	"POST /f/{token}":                   Write,
	"GET /f/style.css":                  Open,
	"GET /published/{id}":               Open,

	// Pages and scripts, which hold nothing of any project.
	"GET /{$}":                            Open,
	"GET /enter":                          Open,
	"GET /enter/oidc":                     Open,
	"GET /account":                        Open,
	"GET /audit":                          Open,
	"GET /privacy":                        Open,
	"GET /privacy/{$}":                    Open, // says that there is no such page
	"GET /privacy/{project}":              Open, // what everybody may know of a project
	"GET /privacy/style.css":              Open,
	"GET /overview":                       Open,
	"GET /explore":                        Open,
	"GET /feedback":                       Open,
	"GET /feedback/{id}":                  Open,
	"GET /responses":                      Open,
	"GET /responses/{id}":                 Open,
	"GET /live":                           Open,
	"GET /inbox":                          Open,
	"GET /inbox/{id}":                     Open,
	"GET /findings":                       Open,
	"GET /findings/{id}":                  Open,
	"GET /datasets":                       Open,
	"GET /datasets/{id}":                  Open,
	"GET /alerts":                         Open,
	"GET /reviews":                        Open,
	"GET /reviews/{id}":                   Open,
	"GET /settings":                       Open,
	"GET /settings/{part}":                Open,
	"GET /openapi-3.0.json":               Open,
	"GET /openapi-3.0.yaml":               Open,
	"GET /widget/preview/{draft}/v1/form": Open, // what the address itself says
	"GET /widget/preview/{draft}/widget/{version}/{name}": Open,
	"POST /widget/preview/{draft}/v1/feedback":            Open, // takes nothing
	"POST /widget/preview/{draft}/v1/events":              Open,
	"GET /widget/v1.json":                                 Open,
	"GET /widget/{name}":                                  Open,
	"GET /widget/{version}/{name}":                        Open,
	"GET /console/icon.svg":                               Open,
	"GET /console/{script}":                               Open,
	"GET /console/app.css":                                Open,
	"GET /openapi.json":                                   Open,
	"GET /openapi.yaml":                                   Open,
	"GET /metrics":                                        Open, // on this machine, or with a token of its own: Door.MayReadMetrics
	"GET /healthz":                                        Open,
	"GET /readyz":                                         Open,
	"/":                                                   Open,

	// The demo, which is served by heed demo alone. Its console signs in.
	"/demo":             Open,
	"/demo/":            Open,
	"GET /demo/console": Open,
}

// ActionOf returns the action that a route is; false if it has no row.
func ActionOf(pattern string) (Action, bool) {
	action, ok := routes[pattern]
	return action, ok
}

// Routes lists the patterns that have a row.
func Routes() []string {
	patterns := make([]string, 0, len(routes))
	for pattern := range routes {
		patterns = append(patterns, pattern)
	}
	return patterns
}

// permit decides whether who was let in may use the route of a request.
func permit(r *http.Request, who Principal) error {
	action, ok := ActionOf(r.Pattern)
	if !ok {
		return heed.Errorf(heed.Forbidden, "nobody may do this: it has no row in the table of access")
	}
	return who.May(action)
}
