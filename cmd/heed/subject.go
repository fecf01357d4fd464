package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// subjectCommand writes what is kept about one person.
type subjectCommand struct {
	remote
	User string `required:"" help:"The id that your application sends as user." placeholder:"ID"`
	Out  string `short:"o" help:"File to write; standard output unless told otherwise." placeholder:"FILE"`

	Member   string `help:"Ask as this member of the console, and not by a key: what the person attached is told to members alone." placeholder:"NAME"`
	Password string `name:"password-file" help:"With --member: file whose first line is your password, instead of a question at the terminal." placeholder:"FILE"`
	Project  string `help:"With --member: name of the project." placeholder:"NAME"`
}

// Run writes the file.
func (cmd subjectCommand) Run(env *environment) error {
	if cmd.Member == "" {
		c, err := cmd.client()
		if err != nil {
			return err
		}
		return cmd.write(env, c, "/v1/subjects", "All that is kept about this person but what was said in attachments, which members alone may read (--member, or the page Privacy of the console), is in")
	}
	if cmd.Project == "" {
		return errors.New("--member needs --project: where the person is")
	}
	return asMember(env, cmd.URL, cmd.Member, cmd.Password, func(c *client) error {
		return cmd.write(env, c, "/v1/subjects?project="+url.QueryEscape(cmd.Project),
			"Everything that is kept about this person, with what they attached as it was said or, where only a key of yours opens it, sealed for heed keys open, is in")
	})
}

// write writes what a server tells, and says what that is.
func (cmd subjectCommand) write(env *environment, c *client, path, what string) error {
	everything := question{method: http.MethodPost, path: path, body: person{User: cmd.User}}
	if cmd.Out == "" {
		if err := c.stream(env.ctx, everything, env.stdout); err != nil {
			return err
		}
		_, err := fmt.Fprintln(env.stderr, what, "standard output.")
		return err
	}
	out, err := createOutput(cmd.Out)
	if err != nil {
		return err
	}
	defer out.discard()
	if err := c.stream(env.ctx, everything, out); err != nil {
		return err
	}
	if err := out.keep(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s %s.\n", what, cmd.Out)
	return err
}
