package mcp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/api"
)

// Bounds of answers: an agent reads all of what it gets.
const (
	mostFindings = 50
	mostHistory  = 40
	mostExamples = 20
	fewExamples  = 5
)

func findingID() *jsonschema.Schema {
	return text("Id of the finding, as list_findings has it.", heed.MaxIDBytes)
}

func findingPath(id, more string) (string, error) {
	if id == "" || len(id) > heed.MaxIDBytes || id == "." || id == ".." {
		return "", heed.InvalidField("id", "must be the id of a finding, which begins with fnd_")
	}
	return "/v1/findings/" + url.PathEscape(id) + more, nil
}

// limit reads how many items are wanted.
func limit(wanted, usual, most int) (string, error) {
	if wanted == 0 {
		wanted = usual
	}
	if wanted < 1 || wanted > most {
		return "", heed.InvalidField("limit", "must be 1 to "+strconv.Itoa(most))
	}
	return strconv.Itoa(wanted), nil
}

type listArguments struct {
	States []string `json:"states"`
	Limit  int      `json:"limit"`
	Cursor string   `json:"cursor"`
}

func listFindings() tool {
	states := make([]string, 0, len(heed.FindingStates()))
	for _, s := range heed.FindingStates() {
		states = append(states, string(s))
	}
	return tool{
		name: "list_findings", title: "List findings", action: access.ReadItems,
		description: "Problems of the product under review, newest first: what is wrong, its state, who sees to it, and how large it was when it was last measured.",
		takes: object(nil, map[string]*jsonschema.Schema{
			"states": several("Only those in one of these states; new, triaged, fixing and regressed are open.", oneOf("", states...)),
			"limit":  number("How many, 20 unless told otherwise.", 1, mostFindings),
			"cursor": text("The next of the answer before.", 2*heed.MaxIDBytes),
		}),
		run: with(func(ctx context.Context, asker Asker, in listArguments, _ *sdk.CallToolRequest) (any, error) {
			n, err := limit(in.Limit, 20, mostFindings)
			if err != nil {
				return nil, err
			}
			var list api.FindingList
			q := url.Values{"state": in.States, "limit": {n}}
			if in.Cursor != "" {
				q.Set("cursor", in.Cursor)
			}
			err = asker.Ask(ctx, http.MethodGet, "/v1/findings?"+q.Encode(), nil, &list)
			return list, err
		}),
	}
}

type findingArguments struct {
	ID string `json:"id"`
}

// shownFinding is a finding with as much of its history as is told.
type shownFinding struct {
	api.FindingDetail
	Earlier int `json:"earlier_history_left_out,omitempty"`
}

func shown(f *api.FindingDetail) shownFinding {
	out := shownFinding{FindingDetail: *f}
	out.Issue = nil // for people in a browser
	if n := len(f.History) - mostHistory; n > 0 {
		out.History, out.Earlier = f.History[n:], n
	}
	return out
}

func getFinding() tool {
	return tool{
		name: "get_finding", title: "Read a finding", action: access.ReadItems,
		description: "One finding: its measure before and since its change with 95 % intervals, Heed's verdict on whether the change helped, and its history. " +
			"A verdict that is unsure means that there are not enough votes, and not that the change did nothing.",
		takes: object([]string{"id"}, map[string]*jsonschema.Schema{"id": findingID()}),
		run: with(func(ctx context.Context, asker Asker, in findingArguments, _ *sdk.CallToolRequest) (any, error) {
			path, err := findingPath(in.ID, "")
			if err != nil {
				return nil, err
			}
			var f api.FindingDetail
			if err := asker.Ask(ctx, http.MethodGet, path, nil, &f); err != nil {
				return nil, err
			}
			return shown(&f), nil
		}),
	}
}

type examplesArguments struct {
	ID     string `json:"id"`
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor"`
}

// example is a feedback as the API tells it, without who gave it.
type example struct {
	ID               string          `json:"id"`
	ResponseID       string          `json:"response_id"`
	CreatedAt        time.Time       `json:"created_at"`
	Vote             *string         `json:"vote"`
	Score            json.RawMessage `json:"score,omitempty"`
	Tags             []string        `json:"tags"`
	Trust            string          `json:"trust"`
	Joined           string          `json:"joined"`
	Comment          *string         `json:"comment"`
	CommentStatus    string          `json:"comment_status,omitempty"`
	Correction       *string         `json:"correction"`
	CorrectionStatus string          `json:"correction_status,omitempty"`
}

// examples is one page of them.
type examples struct {
	Items []example `json:"examples"`
	Next  string    `json:"next"`
}

func findingExamples() tool {
	return tool{
		name: "finding_examples", title: "Examples of a finding", action: access.ReadItems,
		description: "Feedback of a finding, newest first, redacted: votes, tags, what people wrote and how they corrected the answer. Texts are cut at 1,000 characters. " +
			"Where a status stands instead of a text, it was erased, withheld, or may not be read with this key.",
		takes: object([]string{"id"}, map[string]*jsonschema.Schema{
			"id": findingID(), "limit": number("How many, 5 unless told otherwise.", 1, mostExamples), "cursor": text("The next of the answer before.", 2*heed.MaxIDBytes),
		}),
		run: with(func(ctx context.Context, asker Asker, in examplesArguments, _ *sdk.CallToolRequest) (any, error) {
			n, err := limit(in.Limit, fewExamples, mostExamples)
			if err != nil {
				return nil, err
			}
			path, err := findingPath(in.ID, "/feedback?")
			if err != nil {
				return nil, err
			}
			q := url.Values{"limit": {n}}
			if in.Cursor != "" {
				q.Set("cursor", in.Cursor)
			}
			var list struct {
				Items []example `json:"items"`
				Next  string    `json:"next"`
			}
			if err := asker.Ask(ctx, http.MethodGet, path+q.Encode(), nil, &list); err != nil {
				return nil, err
			}
			return examples{list.Items, list.Next}, nil
		}),
	}
}
