package rest

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Endpoint is one operation of the JSON API: its description, from which the
// OpenAPI document is made, and what serves it.
//
// Endpoints read their own input. The library's validation was the rejected
// alternative: it quotes what was sent, judges a batch as a whole, and decodes
// every body twice.
type Endpoint struct {
	ID, Method, Path     string
	Summary, Description string
	Tag                  string
	Credentials          []Credential
	Params               []Param
	Body                 any // a value of the type that describes the body; nil: none
	Status               int
	Answer               any // a value of the type that describes the answer
	Serve                Handler
}

// Handler answers a request with a value that becomes JSON, or an error.
// json.RawMessage is written as it is, and Written stands for an answer that
// the handler has written itself.
type Handler func(w http.ResponseWriter, r *http.Request) (any, error)

// Written is the value of a handler that has written its answer.
var Written = new(struct{})

// Credential names a way to authenticate in the OpenAPI document.
type Credential string

const (
	SecretKey      Credential = "secretKey"
	FeedbackToken  Credential = "feedbackToken"
	PublishableKey Credential = "publishableKey"
	Session        Credential = "session"
)

// Param describes one parameter of the query, path or header.
type Param struct {
	Name, In, Description string
	Repeated              bool // may stand several times, which means "or"
	Enum                  []string
	Integer               bool
}

// Repeatable is the header that makes a POST safe to send again.
func Repeatable() Param {
	return Param{
		Name: "Idempotency-Key", In: "header",
		Description: "The same key with the same body within 24 hours is answered as before and changes nothing.",
	}
}

// New makes an empty API on mux, with its OpenAPI document at /openapi.json
// and /openapi.yaml.
func New(mux *http.ServeMux, version string) huma.API {
	config := huma.DefaultConfig("Heed", version)
	config.Info.Description = "AI feedback capture: feedback in one click, durable and private, in honest numbers."
	config.DocsPath = ""
	config.SchemasPath = ""
	config.CreateHooks = nil
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		string(SecretKey):      {Type: "http", Scheme: "bearer", Description: "heed_sk_…: writes and reads everything of its project."},
		string(FeedbackToken):  {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "Rates one response; also as ?token=."},
		string(PublishableKey): {Type: "http", Scheme: "bearer", Description: "heed_pk_…: writes feedback and signals from allowed origins; also as ?key=."},
		string(Session):        {Type: "apiKey", In: "cookie", Name: "__Host-heed", Description: "A member of the team in the console; heed on loopback without TLS. Reading names its project by ?project=."},
	}
	return humago.New(mux, config)
}

// Handle adds an endpoint to api.
func Handle(api huma.API, e Endpoint) {
	op := e.operation(api.OpenAPI().Components.Schemas)
	api.OpenAPI().AddOperation(&op)
	api.Adapter().Handle(&op, func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		value, err := e.Serve(w, r)
		if err != nil {
			WriteProblem(w, err)
			return
		}
		if value == any(Written) {
			return
		}
		body, ok := value.(json.RawMessage)
		if !ok {
			if body, err = json.Marshal(value); err != nil {
				WriteProblem(w, err)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Content-Type-Options", "nosniff") // it may hold what a stranger wrote
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(e.Status)
		// The client may be gone; there is nobody left to tell.
		_, _ = w.Write(body)
	})
}

func (e *Endpoint) operation(schemas huma.Registry) huma.Operation {
	op := huma.Operation{
		OperationID: e.ID, Method: e.Method, Path: e.Path,
		Summary: e.Summary, Description: e.Description, Tags: []string{e.Tag},
		Responses: map[string]*huma.Response{
			strconv.Itoa(e.Status): {Description: "Done", Content: content(schemas, "application/json", e.Answer)},
			"default":              {Description: "A problem", Content: content(schemas, "application/problem+json", Problem{})},
		},
	}
	for _, c := range e.Credentials {
		op.Security = append(op.Security, map[string][]string{string(c): {}})
	}
	for _, p := range e.Params {
		op.Parameters = append(op.Parameters, p.describe())
	}
	if e.Body != nil {
		body := content(schemas, "application/json", e.Body)
		maps.Copy(body, content(schemas, "text/plain", e.Body))
		op.RequestBody = &huma.RequestBody{Required: true, Content: body}
	}
	return op
}

func (p Param) describe() *huma.Param {
	schema := &huma.Schema{Type: huma.TypeString}
	if p.Integer {
		schema.Type = huma.TypeInteger
	}
	for _, value := range p.Enum {
		schema.Enum = append(schema.Enum, value)
	}
	if p.Repeated {
		schema = &huma.Schema{Type: huma.TypeArray, Items: schema}
	}
	return &huma.Param{Name: p.Name, In: p.In, Description: p.Description, Required: p.In == "path", Schema: schema}
}

func content(schemas huma.Registry, media string, value any) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{media: {Schema: schemas.Schema(reflect.TypeOf(value), true, "")}}
}
