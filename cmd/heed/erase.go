package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/retain"
)

// eraseCommand erases one person. The receipt goes to a file or to standard
// output, which then has nothing else, so that it can be kept as it comes.
type eraseCommand struct {
	remote
	User    string `required:"" help:"The id that your application sends as user." placeholder:"ID"`
	Preview bool   `help:"Only count what would be erased."`
	Yes     bool   `help:"Do not ask."`
	Now     bool   `help:"Have the file of events written anew at once, not in the night after: it still holds the rows until then. It is that of all projects, so this takes --data as well."`
	Data    string `help:"With --now: the server's data directory (HEED_DATA, by default ./heed-data)." placeholder:"DIR"`
	Config  string `help:"With --now: the configuration file (HEED_CONFIG)." placeholder:"FILE"`
	Receipt string `help:"File for the signed receipt; else it is all that standard output has." placeholder:"FILE"`
}

// words is where is written what people read.
func (cmd eraseCommand) words(env *environment) io.Writer {
	if cmd.Preview || cmd.Receipt != "" {
		return env.stdout
	}
	return env.stderr
}

// person is the body of calls about one person.
type person struct {
	User    string `json:"user"`
	Preview bool   `json:"preview,omitempty"`
}

// erasure is a demand as the server tells it.
type erasure struct {
	ID      string          `json:"id"`
	Status  string          `json:"status"`
	Found   heed.Held       `json:"found"`
	Receipt json.RawMessage `json:"receipt"`
}

// Run erases the person and waits for the receipt.
func (cmd eraseCommand) Run(env *environment) error {
	c, err := cmd.client()
	if err != nil {
		return err
	}
	place := retentionPlace{Data: cmd.Data, Config: cmd.Config}
	if cmd.Now && !cmd.Preview { // before anything is erased
		if err := place.within(env, func(*tenancy) error { return nil }); err != nil {
			return err
		}
	}
	var found erasure
	if err := c.do(env.ctx, "POST", "/v1/erasures", "", person{cmd.User, true}, &found); err != nil {
		return err
	}
	held := found.Found
	if cmd.Preview || !held.IsZero() {
		fmt.Fprintf(cmd.words(env), "Kept about this person: %s, %s and %s.\n", counted(held.Feedback, "piece")+" of feedback", counted(held.Responses, "response"), counted(held.Attachments, "attachment"))
	}
	if cmd.Preview {
		return nil
	}
	if !cmd.Yes && !held.IsZero() { // of nothing, the server says that there is nothing
		fmt.Fprint(env.stderr, "Erase it for good? Type yes: ")
		answer, _ := bufio.NewReader(env.stdin).ReadString('\n')
		if strings.TrimSpace(answer) != "yes" {
			return errors.New("nothing was erased: only yes does it, and --yes does not ask")
		}
	}
	var demand erasure
	if err := c.do(env.ctx, "POST", "/v1/erasures", "", person{User: cmd.User}, &demand); err != nil {
		return err
	}
	for demand.Status != "done" {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-env.ctx.Done():
			return fmt.Errorf("the server goes on without this command; its receipt will be at /v1/erasures/%s", demand.ID)
		}
		if err := c.do(env.ctx, "GET", "/v1/erasures/"+demand.ID, "", nil, &demand); err != nil {
			return err
		}
	}
	if err := cmd.tell(env, demand); err != nil || !cmd.Now {
		return err
	}
	return c.rewrite(env, cmd.words(env), place)
}

func (cmd eraseCommand) tell(env *environment, demand erasure) error {
	statement, err := retain.VerifyReceipt(demand.Receipt, "")
	if err != nil {
		return err
	}
	words := cmd.words(env)
	fmt.Fprintf(words, "Erased: %s, %s, and the person in %s.\n", counted(statement.Erased.Feedback, "piece")+" of feedback", counted(statement.Erased.Attachments, "attachment"), counted(statement.Erased.Responses, "response"))
	tellKeys(words, statement.Keys, retain.KeyOfTexts, "their texts")
	tellKeys(words, statement.Keys, retain.KeyOfAttachment, "what they attached")
	if cmd.Receipt == "" {
		_, err := fmt.Fprintf(env.stdout, "%s\n", demand.Receipt)
		return err
	}
	if err := os.WriteFile(cmd.Receipt, append(demand.Receipt, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the receipt: %w", err)
	}
	_, err = fmt.Fprintf(words, "The signed receipt is in %s.\n", cmd.Receipt)
	return err
}

// tellKeys says which keys of a kind are destroyed; the receipt says when.
func tellKeys(words io.Writer, keys []retain.DestroyedKey, of retain.KeyKind, what string) {
	var ids []string
	for _, k := range keys {
		if k.Of == of {
			ids = append(ids, k.ID)
		}
	}
	switch len(ids) {
	case 0:
	case 1:
		fmt.Fprintf(words, "The key of %s (%s) is destroyed.\n", what, ids[0])
	default:
		fmt.Fprintf(words, "The keys of %s (%s) are destroyed.\n", what, strings.Join(ids, ", "))
	}
}
