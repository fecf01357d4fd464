package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/retain"
)

type retainCommand struct {
	Show    retentionShow    `cmd:"" default:"withargs" help:"Show for how long what is kept, and what the next run deletes."`
	Confirm retentionConfirm `cmd:"" help:"Confirm the server's date, after its clock jumped or it was off for more than a day."`
	Rewrite retentionRewrite `cmd:"" help:"Write the file of events anew now, so that what was deleted leaves the disk."`
}

type retentionShow struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the state of retention.
func (cmd retentionShow) Run(env *environment) error {
	c, err := cmd.client()
	if err != nil {
		return err
	}
	status, err := c.retention(env.ctx)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(status)
	}
	return tellRetention(env.stdout, status)
}

func (c *client) retention(ctx context.Context) (status retain.Status, err error) {
	return status, c.do(ctx, "GET", "/v1/retention", "", nil, &status)
}

func tellRetention(w io.Writer, s retain.Status) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHAT\tKEPT\tDELETED LAST\tNEXT")
	for _, class := range s.Classes {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", class.Class, keptFor(class), class.Deleted, nextOf(class))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	last := "It has not run yet."
	if !s.LastRun.IsZero() {
		last = "The last run was " + s.LastRun.Format(time.RFC3339) + "."
	}
	switch s.Clock {
	case retain.ClockJumped:
		fmt.Fprintf(w, "\nNOTHING IS DELETED: the server's clock shows %s, and showed %s when it was seen last. If its date is right: heed retention confirm --date %s\n",
			s.Now.Format(time.DateTime), s.SeenAt.Format(time.DateTime), s.Now.Format(time.DateOnly))
	case retain.ClockBehind:
		fmt.Fprintf(w, "\nNOTHING IS DELETED: the server's clock shows %s, which is before what it showed once (%s). Set it right or, if its date is: heed retention confirm --date %s\n",
			s.Now.Format(time.DateTime), s.SeenAt.Format(time.DateTime), s.Now.Format(time.DateOnly))
	default:
		fmt.Fprintf(w, "\nThe next run is %s. %s\n", s.NextRun.Format(time.RFC3339), last)
	}
	if s.Lacking > 0 {
		fmt.Fprintf(w, "\nTHE LEDGER OF ERASURES LACKS %s that the data knows of: stop the server, put the newest copy of erasures.ledger into the data directory, and start it.\n", counted(s.Lacking, "demand"))
	}
	switch file := s.File; {
	case file.Trouble != "":
		fmt.Fprintf(w, "The file of events holds what was deleted, and could not be written anew: %s\n", file.Trouble)
	case !file.DeletedSince.IsZero():
		fmt.Fprintf(w, "The file of events holds what was deleted since %s; it is written anew by %s, or now: heed retention rewrite\n",
			file.DeletedSince.Format(time.RFC3339), file.RewriteBy.Format(time.RFC3339))
	default:
		fmt.Fprintln(w, "The file of events holds nothing that was deleted.")
	}
	return nil
}

func keptFor(c retain.ClassStatus) string {
	switch {
	case c.Days > 0:
		return strconv.Itoa(c.Days) + " days"
	case c.Class == heed.KeptAttachments:
		return "there are none"
	case c.Class == heed.KeptAudit:
		return "for ever"
	case c.Class == heed.KeptNumbers:
		return "for ever; they name nobody"
	}
	return "until it is erased"
}

func nextOf(c retain.ClassStatus) string {
	if c.Before.IsZero() && c.Due == 0 {
		return ""
	}
	unit := ""
	if c.Class == heed.KeptNumbers {
		unit = " hours"
	}
	if c.Before.IsZero() {
		return fmt.Sprintf("%d%s", c.Due, unit)
	}
	return fmt.Sprintf("%d%s, from before %s", c.Due, unit, c.Before.Format(time.DateOnly))
}

// retentionPlace is the data directory of the server that is meant: what concerns
// all projects takes the directory, or a member in the console, and no key of one.
type retentionPlace struct {
	Data   string `help:"Data directory (HEED_DATA, by default ./heed-data)." placeholder:"DIR"`
	Config string `help:"Configuration file (HEED_CONFIG)." placeholder:"FILE"`
}

// within opens the data directory, on which a server may be running, for as long
// as work takes.
func (p retentionPlace) within(env *environment, work func(*tenancy) error) error {
	return userPlace{projectPlace: projectPlace{Data: p.Data, Config: p.Config}}.within(env, work)
}

type retentionConfirm struct {
	retentionPlace
	Date string `required:"" help:"The date of today in UTC, such as 2026-11-28." placeholder:"DATE"`
}

// Run confirms the date.
func (cmd retentionConfirm) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		if err := retain.ConfirmClock(env.ctx, t.catalog, cmd.Date); err != nil {
			return err
		}
		if err := retain.AskLook.Leave(t.dir.asks()); err != nil {
			return err
		}
		_, err := fmt.Fprintln(env.stdout, "The server's clock is confirmed, and retention goes on. heed retention tells when it runs next.")
		return err
	})
}

type retentionRewrite struct{ retentionPlace }

// Run asks the server to write the file anew.
func (cmd retentionRewrite) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		if err := retain.AskRewrite.Leave(t.dir.asks()); err != nil {
			return err
		}
		_, err := fmt.Fprintln(env.stdout, "The server writes the file of events anew now, if it holds what was deleted; one that is not running does when it starts. heed retention tells when it is done.")
		return err
	})
}

// rewrite asks the server that has a data directory to write the file of events
// anew, and waits until what was deleted before the call is in it no more.
func (c *client) rewrite(env *environment, words io.Writer, place retentionPlace) error {
	before, err := c.retention(env.ctx)
	if err != nil {
		return err
	}
	if before.File.DeletedSince.IsZero() {
		_, err := fmt.Fprintln(words, "The file of events holds nothing that was deleted.")
		return err
	}
	if err := place.within(env, func(t *tenancy) error { return retain.AskRewrite.Leave(t.dir.asks()) }); err != nil {
		return err
	}
	for {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-env.ctx.Done():
			return errors.New("the server goes on without this command: heed retention tells when it is done")
		}
		now, err := c.retention(env.ctx)
		switch {
		case err != nil:
			return err
		case now.File.WrittenAt.After(before.File.WrittenAt):
			_, err := fmt.Fprintf(words, "The file of events is written anew, without what was deleted: %d MB before, %d MB now.\n", before.File.Bytes>>20, now.File.Bytes>>20)
			return err
		case now.File.Trouble != "":
			return errors.New(now.File.Trouble)
		}
	}
}

// retentionDaysOf reads CLASS=DAYS into days.
func retentionDaysOf(days *heed.RetentionDays, arg string) error {
	class, number, _ := strings.Cut(arg, "=")
	setting := days.Named(heed.RetentionClass(class))
	n, err := strconv.Atoi(number)
	if setting == nil || err != nil {
		return errors.New("days are given as CLASS=DAYS, with responses, feedback, signals, numbers or audit, such as feedback=90; for attachments there is --attachment-days")
	}
	*setting = n
	return nil
}
