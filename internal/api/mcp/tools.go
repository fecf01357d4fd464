package mcp

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
)

// tool is one thing that an agent can ask for. action is what the endpoint behind
// it takes: who may not do that is not offered the tool, and would be refused by
// the endpoint all the same.
type tool struct {
	name, title, description string
	action                   access.Action
	writes                   bool
	takes                    *jsonschema.Schema
	run                      func(context.Context, Asker, *sdk.CallToolRequest) (any, error)
}

// tools lists all of them.
func tools() []tool {
	return []tool{listFindings(), getFinding(), findingExamples(), getNumbers(), proposeChange(), markChange()}
}

func (t *tool) described() *sdk.Tool {
	no := false
	return &sdk.Tool{
		Name: t.name, Title: t.title, Description: t.description + " " + caution, InputSchema: t.takes,
		Annotations: &sdk.ToolAnnotations{Title: t.title, ReadOnlyHint: !t.writes, DestructiveHint: &no, OpenWorldHint: &no},
	}
}

// with makes the run of a tool that takes In. Arguments are read here, and not by
// the library, whose errors quote them.
func with[In any](run func(context.Context, Asker, In, *sdk.CallToolRequest) (any, error)) func(context.Context, Asker, *sdk.CallToolRequest) (any, error) {
	return func(ctx context.Context, api Asker, r *sdk.CallToolRequest) (any, error) {
		var in In
		if arguments := bytes.TrimSpace(r.Params.Arguments); len(arguments) > 0 && string(arguments) != "null" {
			decoder := json.NewDecoder(bytes.NewReader(arguments))
			decoder.DisallowUnknownFields()
			if decoder.Decode(&in) != nil {
				return nil, heed.InvalidField("arguments", "must be an object with names and values as the tool's input schema has them, and no others")
			}
		}
		return run(ctx, api, in, r)
	}
}

// Shapes of arguments.
func object(required []string, properties map[string]*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", Properties: properties, Required: required, AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}}}
}

func text(about string, maxLength int) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Description: about, MaxLength: &maxLength}
}

func oneOf(about string, names ...string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string", Description: about}
	for _, name := range names {
		s.Enum = append(s.Enum, name)
	}
	return s
}

func number(about string, least, most float64) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Description: about, Minimum: &least, Maximum: &most}
}

func several(about string, of *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Description: about, Items: of}
}
