package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
)

type tokenCommand struct {
	ResponseID string        `arg:"" help:"Id of the response that the token is for."`
	User       string        `help:"Id of the person, as your application knows them; the token's holder can read it."`
	Expires    time.Duration `help:"How long the token is good." default:"24h"`
	Key        string        `help:"Secret key (heed_sk_…)." env:"HEED_KEY"`
}

// Run mints offline, as an application does.
func (cmd tokenCommand) Run(env *environment) error {
	if cmd.Key == "" {
		return errors.New("there is no key: set HEED_KEY to a secret key, which heed project create prints")
	}
	issued := time.Now().Truncate(time.Second)
	token, err := access.Mint(cmd.Key, access.Claims{
		ResponseID: heed.ResponseID(cmd.ResponseID), User: privacy.NewRaw(cmd.User),
		IssuedAt: issued, ExpiresAt: issued.Add(cmd.Expires),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, token)
	return err
}
