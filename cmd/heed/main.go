// Command heed is the whole of Heed: the server, and the tools that talk to it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

// commands is the command line.
type commands struct {
	Serve    serveCommand    `cmd:"" help:"Serve the API."`
	Demo     demoCommand     `cmd:"" help:"Serve a demo project with two months of example history."`
	Project  projectCommand  `cmd:"" help:"Create, change and list projects."`
	Key      keyCommand      `cmd:"" help:"Create, list and revoke keys."`
	Keys     keysCommand     `cmd:"" help:"Keep the key of what people attach yourself, so that the server cannot open it."`
	User     userCommand     `cmd:"" help:"Add, list and remove the members who may open the console."`
	Vault    vaultCommand    `cmd:"" help:"Show, rotate and destroy the keys that seal what people wrote, in a data directory."`
	Audit    auditCommand    `cmd:"" help:"Show who did what, and find what was changed in that."`
	Token    tokenCommand    `cmd:"" help:"Mint a feedback token for one response, without a server."`
	Import   importCommand   `cmd:"" help:"Send events from a file, one JSON object a line."`
	Export   exportCommand   `cmd:"" help:"Write feedback or responses to a file."`
	Erase    eraseCommand    `cmd:"" help:"Erase what is kept about one person, with a signed receipt."`
	Subject  subjectCommand  `cmd:"" help:"Write everything that is kept about one person to a file."`
	Retain   retainCommand   `cmd:"" name:"retention" help:"Show for how long what is kept, and see that what was deleted leaves the disk."`
	Redact   redactCommand   `cmd:"" help:"Redact a text, without a server."`
	Inbox    inboxCommand    `cmd:"" help:"List feedback that wants eyes, the most urgent first."`
	Finding  findingCommand  `cmd:"" help:"Show problems under review, and mark what fixes them."`
	Review   reviewCommand   `cmd:"" help:"Look back at a period: show, open, write, decide and close reviews."`
	Alert    alertCommand    `cmd:"" help:"Show what is watched and fires, watch more, and change it."`
	Endpoint endpointCommand `cmd:"" help:"Say where what happens is told outside, and show how that goes."`
	Tracker  trackerCommand  `cmd:"" help:"Say where findings open as issues: GitHub, GitLab, Linear or Jira, without a token."`
	GitHub   gitHubCommand   `cmd:"" name:"github" help:"Connect a repository at GitHub, where findings become issues whose state is seen."`
	Slack    slackCommand    `cmd:"" help:"Connect the Slack app whose buttons give feedback."`
	Dataset  datasetCommand  `cmd:"" help:"Mark feedback for datasets, make and build them, and write their files."`
	MCP      mcpCommand      `cmd:"" name:"mcp" help:"Serve the tools of agents on standard input and output, for a client that starts programs."`
	Mark     markCommand     `cmd:"" help:"Record a change of your AI product, such as a new prompt version."`
	Doctor   doctorCommand   `cmd:"" help:"Check a server, a key and this machine, and say what to do."`
	Config   configCommand   `cmd:"" help:"Print every setting with its meaning and value."`
	Version  versionCommand  `cmd:"" help:"Print the version."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`
}

// environment is what a command may use of the world outside.
type environment struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr *os.File
	getenv func(string) string
}

func main() {
	// What Heed writes is its user's alone, whichever library makes the file.
	syscall.Umask(0o077)
	quiet()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(os.Args[1:], &environment{ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}))
}

// quiet silences the log that libraries have in common. Nothing of Heed's goes
// there; but net/http tells in it what a provider sent beyond the end of an answer,
// and that is what somebody asked or was answered.
func quiet() { log.SetOutput(io.Discard) }

// run runs one command and returns the exit status: 0, 1 for what went wrong,
// 2 for a command line that makes no sense.
func run(args []string, env *environment) int {
	var cli commands
	exit := -1
	parser, err := kong.New(&cli,
		kong.Name("heed"), kong.Description("AI feedback capture: one click, durable, private, in honest numbers."),
		kong.Writers(env.stdout, env.stderr), kong.Exit(func(code int) { exit = code }),
		kong.UsageOnError(), kong.Bind(env), kong.Vars{"version": "heed " + version()},
	)
	if err != nil {
		fmt.Fprintln(env.stderr, "heed:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // --help was answered
		return exit
	}
	if err != nil {
		fmt.Fprintf(env.stderr, "heed: %v\nTry heed --help.\n", err)
		return 2
	}
	// What a command changes in a data directory is written down as the act of
	// whom the machine knows by this number.
	env.ctx = audit.By(env.ctx, audit.Actor{Kind: audit.Operator, ID: strconv.Itoa(os.Getuid())})
	if err := command.Run(env); err != nil {
		fmt.Fprintln(env.stderr, "heed:", sentence(err))
		return 1
	}
	return 0
}

// sentence says an error to the person at the terminal. The cause stands with
// it only where the message cannot say what to do.
func sentence(err error) string {
	switch heed.CodeOf(err) {
	case heed.Internal, heed.Unavailable:
		return err.Error()
	}
	if e, ok := errors.AsType[*heed.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

type versionCommand struct{}

func (versionCommand) Run(env *environment) error {
	_, err := fmt.Fprintln(env.stdout, "heed", version())
	return err
}

// version is the module version this binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
