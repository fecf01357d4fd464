package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/heed-ai/heed"
)

// ask asks a server for one thing, which it reads or makes: in is sent as JSON
// unless it is nil.
func ask[T any](env *environment, from remote, method, path string, in any) (*T, error) {
	c, err := from.client()
	if err != nil {
		return nil, err
	}
	one := new(T)
	return one, c.do(env.ctx, method, path, "", in, one)
}

// printOne prints one thing, as JSON or in words.
func printOne[T any](env *environment, asJSON bool, one *T, words func(*T) string) error {
	if asJSON {
		return json.NewEncoder(env.stdout).Encode(one)
	}
	_, err := fmt.Fprintln(env.stdout, words(one))
	return err
}

// facts are names with their values in two columns; what has no value is left out.
func facts(rows ...[2]string) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
		}
	}
	_ = table.Flush() // into memory
	return strings.TrimRight(text.String(), "\n")
}

// maxSecretBytes bounds what is read where a secret is expected.
const maxSecretBytes = 8 << 10

// readSecret reads a secret from a file, or from the standard input where that is
// "-": as an argument it would stand in the list of processes and the shell's history.
func readSecret(env *environment, name string) (string, error) {
	in := env.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSecretBytes+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > maxSecretBytes:
		return "", errors.New("that is too long for a secret: give a file that holds it and nothing else")
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		return "", errors.New("there is no secret in it: give a file that holds it, or - and write it to the standard input")
	}
	return secret, nil
}

// listOf reads a flag that may stand several times, or once with commas. One empty
// text is the empty list.
func listOf(args []string) []string {
	all := []string{}
	for _, arg := range args {
		for one := range strings.SplitSeq(arg, ",") {
			if one = strings.TrimSpace(one); one != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// filterOf reads NAME=VALUE as a filter: a repeated name is "or", different names
// are "and". One empty text is the filter for everything.
func filterOf(args []string) (heed.FindingFilter, error) {
	filter := heed.FindingFilter{}
	if len(args) == 1 && args[0] == "" {
		return filter, nil
	}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, errors.New("a filter is written NAME=VALUE, such as feature=search")
		}
		filter[name] = append(filter[name], value)
	}
	return filter, nil
}
