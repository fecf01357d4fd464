package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
)

// allPages reads a list of a server, page by page to its end. Its query names no page.
func allPages[T any](env *environment, from remote, path string, q url.Values) ([]T, error) {
	c, err := from.client()
	if err != nil {
		return nil, err
	}
	all := []T{}
	for {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}
		if err := c.do(env.ctx, http.MethodGet, path+"?"+q.Encode(), "", nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, nil
		}
		q.Set("cursor", page.Next)
	}
}

// printAll prints items as JSON, or as a table with a row for each.
func printAll[T any](env *environment, asJSON bool, items []T, head []string, row func(*T) []string) error {
	if asJSON {
		return json.NewEncoder(env.stdout).Encode(items)
	}
	return printTable(env.stdout, items, head, row)
}

func printTable[T any](w io.Writer, items []T, head []string, row func(*T) []string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(head, "\t"))
	for i := range items {
		fmt.Fprintln(table, strings.Join(row(&items[i]), "\t"))
	}
	return table.Flush()
}
