package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/review"
)

type findingCommand struct {
	List  findingList  `cmd:"" help:"List the problems under review."`
	Show  findingShow  `cmd:"" help:"Show one with its measure and its history."`
	Issue findingIssue `cmd:"" help:"Make it into an issue at GitHub, or ask what became of that."`
	Mark  findingMark  `cmd:"" help:"Say that its change has been made; whether that helped Heed measures."`
}

type findingList struct {
	remote
	State []string `help:"Only those in this state: new, triaged, fixing, fixed, verified, regressed, dismissed." placeholder:"STATE"`
	JSON  bool     `name:"json" help:"Print JSON."`
}

// Run lists findings, newest first.
func (cmd findingList) Run(env *environment) error {
	all, err := allPages[api.FindingItem](env, cmd.remote, "/v1/findings", url.Values{"state": cmd.State, "limit": {"1000"}})
	if err != nil {
		return err
	}
	return printAll(env, cmd.JSON, all, []string{"ID", "STATE", "OWNER", "DUE", "TITLE"}, func(f *api.FindingItem) []string {
		due := f.Due
		if f.Overdue {
			due += " overdue"
		}
		return []string{string(f.ID), string(f.State), plain(f.OwnerName), due, plain(f.Title)}
	})
}

type findingShow struct {
	remote
	ID   string `arg:"" help:"Id of the finding."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run shows one finding.
func (cmd findingShow) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var f api.FindingDetail
	if err := c.do(env.ctx, http.MethodGet, "/v1/findings/"+url.PathEscape(cmd.ID), "", nil, &f); err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(f)
	}
	return printFinding(env.stdout, &f)
}

type findingMark struct {
	remote
	ID    string `arg:"" help:"Id of the finding."`
	Name  string `arg:"" optional:"" help:"What fixed it: prompt, model, release, commit, pull_request, …; else what it waits for."`
	Value string `arg:"" optional:"" help:"What it is now, such as v14."`
	Time  moment `help:"Since when: a date, or a time in RFC 3339; now unless told otherwise." placeholder:"TIME"`
}

// Run marks the finding's change.
func (cmd findingMark) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	path := "/v1/findings/" + url.PathEscape(cmd.ID)
	var f api.FindingDetail
	if err := c.do(env.ctx, http.MethodGet, path, "", nil, &f); err != nil {
		return err
	}
	change := api.FindingChangeBody{Version: &f.Version, FindingEdit: heed.FindingEdit{State: heed.FindingFixed}}
	if cmd.Name != "" || !cmd.Time.IsZero() {
		made := heed.FindingChange{Name: cmp.Or(cmd.Name, f.Change.Name), Value: cmd.Value, Time: cmd.Time.Time}
		if cmd.Name == "" {
			made.Value = f.Change.Value
		}
		change.Change = &made
	}
	if err := c.do(env.ctx, http.MethodPatch, path, "", change, &f); err != nil {
		return err
	}
	return printFinding(env.stdout, &f)
}

func printFinding(w io.Writer, f *api.FindingDetail) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s\t%s\n", f.ID, plain(f.Title))
	for _, row := range [][2]string{
		{"state", strings.TrimSpace(string(f.State) + " " + plain(f.Reason))}, {"owner", plain(f.OwnerName)}, {"due", f.Due}, {"cause", string(f.Cause)},
		{"change", plain(strings.TrimSpace(f.Change.Name + " " + f.Change.Value))}, {"measure", cmp.Or(plain(f.Measure.Tag), "bad votes")},
	} {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
		}
	}
	if f.GitHub != nil && f.GitHub.Issue != nil {
		fmt.Fprintf(table, "issue\t%s\n", issuePrinted(f.GitHub.Issue))
	}
	if m := f.Measured; m != nil {
		fmt.Fprintf(table, "before\t%s\n", sharePrinted(m.Before))
		if m.After != nil {
			fmt.Fprintf(table, "after\t%s\n", sharePrinted(*m.After))
		}
		fmt.Fprintf(table, "verdict\t%s\n", verdictPrinted(m))
	}
	return table.Flush()
}

func sharePrinted(s heed.FindingShare) string {
	text := fmt.Sprintf("%d of %d votes", s.Hits, s.Votes)
	if s.Share != nil {
		text += fmt.Sprintf(", %.1f %% (%.1f to %.1f)", *s.Share*100, s.Low*100, s.High*100)
	}
	return text + ", " + s.From.Format(time.DateOnly) + " to " + s.To.Format(time.DateOnly)
}

func verdictPrinted(a *review.Assessment) string {
	switch a.Verdict {
	case review.Unmarked:
		return "no change is marked"
	case review.Waiting:
		return "the change is still to come"
	case review.NoBefore:
		return "nobody voted in the four weeks before: there is nothing to compare with"
	case review.NoAfter:
		return "nobody has voted since"
	case review.Better:
		return "the share fell"
	case review.Worse:
		return "the share rose"
	}
	if a.Needed != nil {
		return fmt.Sprintf("not enough data yet: about %d more votes, if the share stays as it is", *a.Needed)
	}
	return "not enough data, and no number of votes will do as it stands"
}

// plain is what somebody wrote without what would steer a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
