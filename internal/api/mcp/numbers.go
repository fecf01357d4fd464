package mcp

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/query"
)

const (
	mostGroups = 50
	usualDays  = 28
)

type numbersArguments struct {
	From   string              `json:"from"`
	To     string              `json:"to"`
	By     []string            `json:"by"`
	Filter map[string][]string `json:"filter"`
	Of     string              `json:"of"`
}

func (in *numbersArguments) query(now time.Time) (url.Values, error) {
	q := url.Values{}
	for name, values := range in.Filter {
		if !isDimension(name) {
			return nil, heed.InvalidField("filter", "names what is no dimension: the tool's input schema lists them")
		}
		q[name] = values
	}
	if in.From == "" && in.To == "" {
		in.From = now.UTC().AddDate(0, 0, -usualDays).Format(time.RFC3339)
	}
	for name, value := range map[string]string{"from": in.From, "to": in.To, "by": strings.Join(in.By, ","), "of": in.Of} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q, nil
}

func isDimension(name string) bool {
	for _, d := range query.Dimensions() {
		if string(d) == name {
			return true
		}
	}
	return false
}

func getNumbers() tool {
	var names []string
	values := map[string]*jsonschema.Schema{}
	for _, d := range query.Dimensions() {
		names = append(names, string(d))
		values[string(d)] = several("", text("", heed.MaxIDBytes))
	}
	filter := object(nil, values)
	filter.Description = "Keep what has one of the values of each dimension. Filters of feedback (vote, tag, surface, trust, bound) leave the answers whole."
	return tool{
		name: "get_numbers", title: "Numbers", action: access.ReadNumbers,
		description: "How much was answered, shown and rated, with the share of good votes and its 95 % interval, tags, errors, latency and cost; by dimension. " +
			"With a key for numbers alone, people are told in crowds: what too few of them did is missing.",
		takes: object(nil, map[string]*jsonschema.Schema{
			"from":   text("Start of the window, RFC 3339; 28 days ago unless told otherwise.", 40),
			"to":     text("End of the window, exclusive; now unless told otherwise.", 40),
			"by":     several("Dimensions to group by, such as model and prompt_version.", oneOf("", names...)),
			"filter": filter,
			"of":     oneOf("answers, which are what people see, or calls to models.", "answers", "calls"),
		}),
		run: with(func(ctx context.Context, asker Asker, in numbersArguments, _ *sdk.CallToolRequest) (any, error) {
			q, err := in.query(time.Now())
			if err != nil {
				return nil, err
			}
			var stats api.Stats
			if err := asker.Ask(ctx, http.MethodGet, "/v1/stats?"+q.Encode(), nil, &stats); err != nil {
				return nil, err
			}
			out := struct {
				api.Stats
				LeftOut int `json:"groups_left_out,omitempty"`
			}{Stats: stats}
			if n := len(stats.Groups) - mostGroups; n > 0 {
				out.Groups, out.LeftOut = stats.Groups[:mostGroups], n
			}
			return out, nil
		}),
	}
}
