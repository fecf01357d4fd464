package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

type doctorCommand struct {
	remote
	PublishableKey string `help:"Publishable key (heed_pk_…) to check with --origin." env:"HEED_PUBLISHABLE_KEY" placeholder:"KEY"`
	Origin         string `help:"Check that web pages of this origin, such as https://app.example.com, may send feedback." placeholder:"URL"`
	Write          bool   `help:"Also post a feedback, read it back and retract it. It stays in the project as a retracted one."`
	Data           string `help:"Data directory (HEED_DATA), where the server runs on this machine." placeholder:"DIR"`
	Gateway        string `help:"Upstream of the gateway to try, such as openai." placeholder:"NAME"`
	Config         string `help:"Configuration file (HEED_CONFIG)." placeholder:"FILE"`
	JSON           bool   `name:"json" help:"Print JSON."`
}

// verdict is what a check came to.
type verdict string

const (
	verdictOK      verdict = "ok"
	verdictProblem verdict = "problem"
	verdictSkipped verdict = "skipped" // nothing to check, or something before it is wrong
)

// diagnosis is the outcome of one check: of a problem, what is wrong and what
// to do; else what was found.
type diagnosis struct {
	Verdict verdict `json:"verdict"`
	Detail  string  `json:"detail"`
}

func fine(format string, args ...any) diagnosis {
	return diagnosis{verdictOK, fmt.Sprintf(format, args...)}
}

func ill(format string, args ...any) diagnosis {
	return diagnosis{verdictProblem, fmt.Sprintf(format, args...)}
}

func skipped(format string, args ...any) diagnosis {
	return diagnosis{verdictSkipped, fmt.Sprintf(format, args...)}
}

// check is a diagnosis with its name and place in the list.
type check struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
	diagnosis
}

// checkup is what --json prints.
type checkup struct {
	OK     bool    `json:"ok"`
	Checks []check `json:"checks"`
}

// doctor makes one checkup. A check may rely on what those before it learned.
type doctor struct {
	cmd    doctorCommand
	getenv func(string) string
	http   *http.Client
	free   func(dir string) (uint64, error) // bytes that may be written where dir is

	config   config // good where parsed is set
	parsed   bool
	base     string // of the server; "" while none has answered
	skew     time.Duration
	keyGood  bool // it is well-formed, and as far as is known accepted, and writes
	keyReads bool
	told     []heed.Endpoint // the project's endpoints, once they are listed
	response string          // that the token and the round trip are about
	token    string          // "" while none is accepted
}

// doctorPatience is how long one answer may take: a server that takes longer
// is not well.
const doctorPatience = 10 * time.Second

func newDoctor(cmd doctorCommand, getenv func(string) string) *doctor {
	return &doctor{cmd: cmd, getenv: getenv, http: &http.Client{Timeout: doctorPatience}, free: freeBytes}
}

// Run makes the checkup and prints it.
func (cmd doctorCommand) Run(env *environment) error {
	found := newDoctor(cmd, env.getenv).examine(env.ctx)
	if cmd.JSON {
		if err := json.NewEncoder(env.stdout).Encode(found); err != nil {
			return err
		}
	} else if err := found.print(env.stdout); err != nil {
		return err
	}
	if !found.OK {
		return errors.New("something needs attention: see the lines above that say PROBLEM")
	}
	return nil
}

// examine makes every check, in an order in which each failure explains those
// after it.
func (d *doctor) examine(ctx context.Context) checkup {
	found := checkup{OK: true}
	for _, c := range []struct {
		name string
		make func(context.Context) diagnosis
	}{
		{"configuration", d.checkConfiguration},
		{"data directory", d.checkDataDirectory},
		{"server", d.checkServer},
		{"readiness", d.checkReadiness},
		{"version", d.checkVersion},
		{"clock", d.checkClock},
		{"key form", d.checkKeyForm},
		{"key", d.checkKey},
		{"OpenTelemetry", d.checkOpenTelemetry},
		{"gateway", d.checkGateway},
		{"Langfuse's clients", d.checkLangfuse},
		{"LangSmith's clients", d.checkLangSmith},
		{"Phoenix's clients", d.checkPhoenix},
		{"browser origin", d.checkOrigin},
		{"publishable key", d.checkPublishableKey},
		{"feedback token", d.checkToken},
		{"round trip", d.checkRoundTrip},
		{"identity provider", d.checkIdentityProvider},
		{"recogniser", d.checkRecognizer},
		{"endpoints", d.checkEndpoints},
		{"alerts", d.checkAlerts},
		{"GitHub", d.checkGitHub},
		{"reviews", d.checkReviews},
		{"retention", d.checkRetention},
		{"audit log", d.checkAudit},
	} {
		got := c.make(ctx)
		found.Checks = append(found.Checks, check{Number: len(found.Checks) + 1, Name: c.name, diagnosis: got})
		found.OK = found.OK && got.Verdict != verdictProblem
	}
	return found
}

func (c checkup) print(w io.Writer) error {
	var text strings.Builder
	for _, line := range c.Checks {
		word := string(line.Verdict)
		if line.Verdict == verdictProblem {
			word = "PROBLEM"
		}
		fmt.Fprintf(&text, "%2d. %s: %s: %s\n", line.Number, line.Name, word, line.Detail)
	}
	if c.OK {
		text.WriteString("All is well.\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}
