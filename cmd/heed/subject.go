package main

import (
	"fmt"
	"net/http"
)

// subjectCommand writes what is kept about one person.
type subjectCommand struct {
	remote
	User string `required:"" help:"The id that your application sends as user." placeholder:"ID"`
	Out  string `short:"o" help:"File to write; standard output unless told otherwise." placeholder:"FILE"`
}

// Run writes the file.
func (cmd subjectCommand) Run(env *environment) error {
	c, err := cmd.client()
	if err != nil {
		return err
	}
	everything := question{method: http.MethodPost, path: "/v1/subjects", body: person{User: cmd.User}}
	if cmd.Out == "" {
		return c.stream(env.ctx, everything, env.stdout)
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
	_, err = fmt.Fprintf(env.stdout, "Everything that is kept about this person is in %s.\n", cmd.Out)
	return err
}
