package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
)

type inboxCommand struct {
	remote
	State    string   `help:"In this state: open, done, filed or gone." default:"open" placeholder:"STATE"`
	Severity []string `help:"As severe as this: unsafe, broken, why, bad, words." placeholder:"SEVERITY"`
	Tag      []string `help:"With this tag." placeholder:"TAG"`
	Feature  []string `help:"On answers of this feature." placeholder:"FEATURE"`
	Overdue  bool     `help:"Only what is older than the project's age targets."`
	Limit    int      `help:"How many at most, 1 to 1000." default:"20"`
	JSON     bool     `name:"json" help:"Print JSON."`
}

// inboxLine is what the table shows of an item.
type inboxLine struct {
	ID       string    `json:"feedback_id"`
	Severity string    `json:"severity"`
	OpenedAt time.Time `json:"opened_at"`
	Overdue  bool      `json:"overdue"`
	People   int       `json:"people"`
	Assignee string    `json:"assignee_name"`
	Cause    string    `json:"cause"`
	Said     struct {
		Tags []string `json:"tags"`
	} `json:"feedback"`
}

// Run lists feedback that wants eyes, the most urgent first.
func (cmd inboxCommand) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	q := url.Values{"state": {cmd.State}, "severity": cmd.Severity, "tag": cmd.Tag, "feature": cmd.Feature}
	if cmd.Overdue {
		q.Set("overdue", "true")
	}
	var n heed.InboxCount
	if err := c.do(env.ctx, http.MethodGet, "/v1/inbox/count?"+q.Encode(), "", nil, &n); err != nil {
		return err
	}
	q.Set("limit", strconv.Itoa(cmd.Limit))
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := c.do(env.ctx, http.MethodGet, "/v1/inbox?"+q.Encode(), "", nil, &list); err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(list.Items)
	}
	fmt.Fprintf(env.stdout, "%d %s, %d unsafe, %d overdue\n", n.Open, cmd.State, n.Unsafe, n.Overdue)
	if len(list.Items) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FEEDBACK\tSEVERITY\tOPENED\tPEOPLE\tASSIGNED\tCAUSE\tTAGS")
	for _, text := range list.Items {
		var i inboxLine
		if err := json.Unmarshal(text, &i); err != nil {
			return err
		}
		opened := i.OpenedAt.Format(time.DateOnly)
		if i.Overdue {
			opened += " overdue"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n",
			plain(i.ID), plain(i.Severity), opened, i.People, plain(i.Assignee), plain(i.Cause), plain(strings.Join(i.Said.Tags, ",")))
	}
	return table.Flush()
}
