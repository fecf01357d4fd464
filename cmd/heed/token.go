package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
)

type tokenCommand struct {
	ResponseID string   `arg:"" help:"Id of the response that the token is for."`
	User       string   `help:"Id of the person, as your application knows them; the token's holder can read it."`
	Expires    lifetime `help:"How long the token is good, such as 90m, 24h or 7d; at most 30d." default:"24h"`
	Key        string   `help:"Secret key (heed_sk_…)." env:"HEED_KEY"`
}

// lifetime is a duration on the command line that may be told in days.
type lifetime time.Duration

// UnmarshalText reads a duration.
func (l *lifetime) UnmarshalText(text []byte) error {
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n < 10_000 {
			*l = lifetime(time.Duration(n) * 24 * time.Hour)
			return nil
		}
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return errors.New("must be a duration such as 90m, 24h or 7d")
	}
	*l = lifetime(d)
	return nil
}

// Run mints offline, as an application does.
func (cmd tokenCommand) Run(env *environment) error {
	if cmd.Key == "" {
		return errors.New("there is no key: set HEED_KEY to a secret key, which heed project create prints")
	}
	if l := time.Duration(cmd.Expires); l < time.Second || l > access.MaxTokenLifetime {
		return errors.New("--expires must be from 1s to 30d")
	}
	issued := time.Now().Truncate(time.Second)
	token, err := access.Mint(cmd.Key, access.Claims{
		ResponseID: heed.ResponseID(cmd.ResponseID), User: privacy.NewRaw(cmd.User),
		IssuedAt: issued, ExpiresAt: issued.Add(time.Duration(cmd.Expires)),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, token)
	return err
}
