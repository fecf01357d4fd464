package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/store"
)

type userCommand struct {
	Add      userAdd      `cmd:"" help:"Add a member of the team, who comes into the console by a one-time link."`
	Link     userLink     `cmd:"" help:"Make a new one-time link for a member, such as one who forgot the password."`
	Role     userRole     `cmd:"" help:"Give a member another role, from their next call on."`
	List     userList     `cmd:"" help:"List members."`
	Sessions userSessions `cmd:"" help:"List where a member is signed in, or end that."`
	Remove   userRemove   `cmd:"" help:"Remove a member; their sessions end at once."`
}

// userPlace says in which data directory members are managed; a server may be
// running on it.
type userPlace struct {
	projectPlace
	URL string `help:"Address of the console in the link (HEED_URL, by default that of the server on the data directory)." placeholder:"URL"`
}

// within opens the data directory for as long as work takes.
func (p userPlace) within(env *environment, work func(*tenancy) error) (err error) {
	c, err := p.config(env)
	if err != nil {
		return err
	}
	if err := mustExist(c.Data); err != nil {
		return err
	}
	t, err := openTenancy(env.ctx, c, env.getenv)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	return work(t)
}

// invite makes a member's one-time link and prints it.
func (p userPlace) invite(env *environment, t *tenancy, u store.User) error {
	code, err := t.accounts.Invite(env.ctx, u.ID)
	if err != nil {
		return err
	}
	address := cmp.Or(p.URL, env.getenv("HEED_URL"), t.dir.server(), "http://127.0.0.1:8080")
	link := strings.TrimRight(address, "/") + access.EntryPath(code)
	if p.JSON {
		return json.NewEncoder(env.stdout).Encode(struct {
			store.User
			Link string `json:"link"`
		}{u, link})
	}
	_, err = fmt.Fprintf(env.stdout, "Member %s, %s. Their link, good once and for a day:\n\n  %s\n", u.Name, u.Role, link)
	return err
}

func (p userPlace) find(env *environment, t *tenancy, name string) (store.User, error) {
	u, err := t.catalog.UserByName(env.ctx, name)
	if heed.CodeOf(err) == heed.NotFound {
		err = errors.New("there is no member of this name: heed user list shows them")
	}
	return u, err
}

type userAdd struct {
	userPlace
	Name string `arg:"" help:"Name to sign in with."`
	Role string `enum:"owner,admin,privacy_officer,reviewer,analyst,developer,auditor" help:"owner, admin, privacy_officer, reviewer, analyst, developer or auditor; docs/access.md says what each may do." default:"reviewer"`
}

// Run adds the member.
func (cmd userAdd) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		u, err := t.accounts.Add(env.ctx, cmd.Name, store.Role(cmd.Role))
		if err != nil {
			return err
		}
		return cmd.invite(env, t, u)
	})
}

type userLink struct {
	userPlace
	Name string `arg:"" help:"Name of the member."`
}

// Run makes the link.
func (cmd userLink) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		u, err := cmd.find(env, t, cmd.Name)
		if err != nil {
			return err
		}
		return cmd.invite(env, t, u)
	})
}

type userRole struct {
	userPlace
	Name string `arg:"" help:"Name of the member."`
	Role string `arg:"" enum:"owner,admin,privacy_officer,reviewer,analyst,developer,auditor" help:"The role."`
}

// Run changes the role.
func (cmd userRole) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		u, err := cmd.find(env, t, cmd.Name)
		if err != nil {
			return err
		}
		if err := t.accounts.ChangeRole(env.ctx, u.ID, store.Role(cmd.Role)); err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "%s is now %s; this holds from their next call on.\n", u.Name, cmd.Role)
		return err
	})
}

type userList struct{ userPlace }

// Run lists the members.
func (cmd userList) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		users, err := t.catalog.ListUsers(env.ctx)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return json.NewEncoder(env.stdout).Encode(users)
		}
		return printUsers(env.stdout, users)
	})
}

func printUsers(w io.Writer, users []store.User) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tROLE\tSINCE\tPASSWORD")
	for _, u := range users {
		password := "chosen"
		if u.Password == "" {
			password = "none yet"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", u.Name, u.Role, u.CreatedAt.Format("2006-01-02"), password)
	}
	return table.Flush()
}

type userRemove struct {
	userPlace
	Name string `arg:"" help:"Name of the member."`
}

// Run removes the member.
func (cmd userRemove) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		u, err := cmd.find(env, t, cmd.Name)
		if err != nil {
			return err
		}
		if err := t.accounts.Remove(env.ctx, u.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "%s is no member any more; their sessions have ended.\n", u.Name)
		return err
	})
}

type userSessions struct {
	userPlace
	Name string `arg:"" help:"Name of the member."`
	End  bool   `help:"End all of them."`
}

// Run lists or ends the sessions.
func (cmd userSessions) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		u, err := cmd.find(env, t, cmd.Name)
		if err != nil {
			return err
		}
		if cmd.End {
			n, err := t.accounts.EndSessions(env.ctx, u.ID)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.stdout, "Ended %s of %s.\n", counted(int64(n), "session"), u.Name)
			return err
		}
		sessions, err := t.accounts.Sessions(env.ctx, u.ID)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return json.NewEncoder(env.stdout).Encode(sessions)
		}
		return printSessions(env.stdout, sessions)
	})
}

func printSessions(w io.Writer, sessions []store.Session) error {
	const toTheMinute = "2006-01-02 15:04"
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "BY\tBROWSER\tSYSTEM\tBEGUN\tLAST USED\tENDS")
	for _, s := range sessions {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Method, cmp.Or(s.Browser, "–"), cmp.Or(s.System, "–"),
			s.BegunAt.Format(toTheMinute), s.UsedAt.Format(toTheMinute), s.ExpiresAt.Format(toTheMinute))
	}
	return table.Flush()
}
