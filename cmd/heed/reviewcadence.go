package main

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type reviewCadence struct {
	remote
	Every       string   `help:"week, two_weeks, month (on the first such day) or never." placeholder:"RHYTHM"`
	Day         string   `help:"monday, tuesday, …" placeholder:"DAY"`
	Hour        *int     `help:"0 to 23." placeholder:"HOUR"`
	Zone        string   `help:"By the clock of which place, such as Europe/Paris." placeholder:"ZONE"`
	CloseDays   int      `help:"For how many days a review may stay open." placeholder:"DAYS"`
	Owner       *string  `help:"Who leads reviews: name or id of a member; \"\" for nobody." placeholder:"NAME"`
	Participant []string `help:"Who takes part; all of them. \"\" for nobody." placeholder:"NAME,…" sep:"none"`
	JSON        bool     `name:"json" help:"Print JSON."`
}

const cadencePath = "/v1/reviews/cadence"

// Run sets what is given of a cadence, and shows it.
func (cmd reviewCadence) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	now, err := ask[api.Cadence](env, cmd.remote, http.MethodGet, cadencePath, nil)
	if err != nil {
		return err
	}
	if cmd.Every+cmd.Day+cmd.Zone != "" || cmd.Hour != nil || cmd.CloseDays != 0 || cmd.Owner != nil || len(cmd.Participant) > 0 {
		next, err := cmd.next(env.ctx, c, now.ReviewCadence)
		if err != nil {
			return err
		}
		if now, err = ask[api.Cadence](env, cmd.remote, http.MethodPut, cadencePath, next); err != nil {
			return err
		}
	}
	names, err := memberNames(env.ctx, c)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, now, func(c *api.Cadence) string { return cadencePrinted(c, names) })
}

// next is the cadence with what is given of it.
func (cmd reviewCadence) next(ctx context.Context, c *client, next heed.ReviewCadence) (heed.ReviewCadence, error) {
	next.Every, next.Day = heed.Rhythm(cmp.Or(cmd.Every, string(next.Every))), cmp.Or(cmd.Day, next.Day)
	next.Zone, next.CloseDays = cmp.Or(cmd.Zone, next.Zone), cmp.Or(cmd.CloseDays, next.CloseDays)
	if cmd.Hour != nil {
		next.Hour = *cmd.Hour
	}
	if cmd.Owner != nil {
		id, err := memberID(ctx, c, *cmd.Owner)
		if err != nil {
			return next, err
		}
		next.Owner = id
	}
	if len(cmd.Participant) > 0 {
		next.Participants = []string{}
	}
	for _, name := range listOf(cmd.Participant) {
		id, err := memberID(ctx, c, name)
		if err != nil {
			return next, err
		}
		next.Participants = append(next.Participants, id)
	}
	return next, nil
}

// memberNames are the names of members who may own reviews, by their ids.
func memberNames(ctx context.Context, c *client) (map[string]string, error) {
	var owners api.FindingOwnerList
	if err := c.do(ctx, http.MethodGet, "/v1/findings/owners", "", nil, &owners); err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, o := range owners.Items {
		names[o.ID] = o.Name
	}
	return names, nil
}

func cadencePrinted(c *api.Cadence, names map[string]string) string {
	due := "never"
	if !c.Next.IsZero() {
		due = c.Next.Format(time.RFC3339)
	}
	var participants []string
	for _, id := range c.Participants {
		participants = append(participants, plain(cmp.Or(names[id], id)))
	}
	return facts(
		[2]string{"every", string(c.Every)}, [2]string{"day", c.Day}, [2]string{"hour", strconv.Itoa(c.Hour)}, [2]string{"zone", c.Zone},
		[2]string{"close within", counted(int64(c.CloseDays), "day")}, [2]string{"owner", plain(cmp.Or(names[c.Owner], c.Owner, "nobody"))},
		[2]string{"participants", strings.Join(participants, ", ")}, [2]string{"next", due},
	)
}
