package main

import (
	"errors"
	"net/http"
	"time"

	"github.com/heed-ai/heed/internal/api"
)

type slackCommand struct {
	Show   slackShow   `cmd:"" help:"Show the app whose buttons give feedback."`
	Set    slackSet    `cmd:"" help:"Connect an app, or change its secrets."`
	Remove slackRemove `cmd:"" help:"Take the app away; feedback that its buttons gave stays."`
}

const slackPath = "/v1/integrations/slack"

type slackShow struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run shows the app, without its secrets.
func (cmd slackShow) Run(env *environment) error {
	app, err := ask[api.SlackAppAnswer](env, cmd.remote, http.MethodGet, slackPath, nil)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, app, cmd.slackPrinted)
}

// slackPrinted is an app in words, with the address that it is to call.
func (r remote) slackPrinted(app *api.SlackAppAnswer) string {
	if !app.Connected {
		return "No Slack app is connected: heed slack set connects one."
	}
	reasons := "nobody: without a bot token there is no dialog"
	if app.HasBotToken {
		reasons = "who votes down"
	}
	return facts([2]string{"request URL", r.address(app.Path)}, [2]string{"asked why", reasons},
		[2]string{"connected", app.CreatedAt.Format(time.DateTime)}, [2]string{"changed", app.UpdatedAt.Format(time.DateTime)})
}

type slackSet struct {
	remote
	SigningSecretFile string `help:"File with the signing secret, of the app's Basic Information; - is the standard input." placeholder:"FILE"`
	BotTokenFile      string `help:"File with the bot token (xoxb-…), with which a bad vote asks for the reason; - is the standard input." placeholder:"FILE" xor:"token"`
	NoBotToken        bool   `help:"Take the bot token away: nobody is asked for the reason." xor:"token"`
	JSON              bool   `name:"json" help:"Print JSON."`
}

// Run keeps what is given of an app. Its secrets come from files, and are printed
// nowhere.
func (cmd slackSet) Run(env *environment) error {
	switch {
	case cmd.SigningSecretFile+cmd.BotTokenFile == "" && !cmd.NoBotToken:
		return errors.New("nothing to set: give --signing-secret-file, --bot-token-file or --no-bot-token")
	case cmd.SigningSecretFile == "-" && cmd.BotTokenFile == "-":
		return errors.New("only one of the two can come from the standard input: give a file for the other")
	}
	now, err := ask[api.SlackAppAnswer](env, cmd.remote, http.MethodGet, slackPath, nil)
	if err != nil {
		return err
	}
	body := api.SlackAppBody{}
	if now.Connected {
		body.Version = &now.Version
	}
	for _, secret := range []struct {
		file string
		into **string
	}{{cmd.SigningSecretFile, &body.SigningSecret}, {cmd.BotTokenFile, &body.BotToken}} {
		if secret.file == "" {
			continue
		}
		text, err := readSecret(env, secret.file)
		if err != nil {
			return err
		}
		*secret.into = &text
	}
	if cmd.NoBotToken {
		body.BotToken = new(string)
	}
	app, err := ask[api.SlackAppAnswer](env, cmd.remote, http.MethodPut, slackPath, body)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, app, cmd.slackPrinted)
}

type slackRemove struct{ remote }

// Run takes the app away.
func (cmd slackRemove) Run(env *environment) error {
	app, err := ask[api.SlackAppAnswer](env, cmd.remote, http.MethodDelete, slackPath, nil)
	if err != nil {
		return err
	}
	return printOne(env, false, app, func(*api.SlackAppAnswer) string {
		return "The Slack app is taken away: its buttons do nothing from now on."
	})
}
