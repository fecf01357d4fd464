package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/heed-ai/heed"
)

type importCommand struct {
	remote
	File string `arg:"" help:"File with one event a line, in the shape of POST /v1/events; gzip is recognised; - is standard input."`
	JSON bool   `name:"json" help:"Print the outcome as JSON."`
}

// imported is what an import came to, as --json prints it.
type imported struct {
	Accepted int64          `json:"accepted"`
	Rejected []rejectedLine `json:"rejected"`
}

// rejectedLine names a line that was not imported, and why. It holds nothing
// of the line itself.
type rejectedLine struct {
	Line    int64     `json:"line"`
	Code    heed.Code `json:"code"`
	Field   string    `json:"field"`
	Message string    `json:"message"`
}

// Run sends every line of the file. It may be run again, on the same file or
// a corrected one: what has arrived is not counted twice.
func (cmd importCommand) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	file, err := openImport(env.ctx, cmd.File)
	if err != nil {
		return err
	}
	defer file.Close()
	told := newProgress(env.stderr, "imported", "events", file.size)
	outcome := imported{Rejected: []rejectedLine{}}
	im := newImporter(c, told, func(r rejectedLine) {
		if cmd.JSON {
			outcome.Rejected = append(outcome.Rejected, r)
			return
		}
		told.say(fmt.Sprintf("line %d: %s", r.Line, r.Message))
	})
	err = im.run(env.ctx, file)
	told.done()
	if err != nil {
		if env.ctx.Err() != nil {
			err = errors.New("the import was interrupted")
		}
		told.say(fmt.Sprintf("Stopped after line %d: %s imported so far. %s",
			im.settled, counted(im.accepted, "event"), nextStep(err)))
	}
	outcome.Accepted = im.accepted
	if cmd.JSON {
		return errors.Join(err, json.NewEncoder(env.stdout).Encode(outcome), im.rejection())
	}
	if err == nil {
		_, err = fmt.Fprintf(env.stdout, "Imported %s; %s.\n", counted(im.accepted, "event"), wereRejected(im.rejected))
	}
	if err == nil {
		err = im.rejection()
	}
	return err
}

// nextStep says how an import that stopped goes on.
func nextStep(err error) string {
	switch heed.CodeOf(err) {
	case heed.Unauthenticated, heed.Forbidden, heed.NotFound, heed.Invalid:
		return "Mend what stands below, then run the same command again; nothing is counted twice."
	}
	return "Run the same command again to finish; nothing is counted twice."
}

func wereRejected(lines int64) string {
	if lines == 1 {
		return "1 line was rejected"
	}
	return counted(lines, "line") + " were rejected"
}
