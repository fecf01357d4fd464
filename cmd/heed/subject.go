package main

import (
	"encoding/json"
	"fmt"
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
	var file json.RawMessage
	if err := c.do(env.ctx, "POST", "/v1/subjects", "", person{User: cmd.User}, &file); err != nil {
		return err
	}
	if cmd.Out == "" {
		_, err := fmt.Fprintf(env.stdout, "%s\n", file)
		return err
	}
	out, err := createOutput(cmd.Out)
	if err != nil {
		return err
	}
	defer out.discard()
	if _, err := out.Write(append(file, '\n')); err != nil {
		return err
	}
	if err := out.keep(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "Everything that is kept about this person is in %s.\n", cmd.Out)
	return err
}
