package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type datasetCommand struct {
	List   datasetList   `cmd:"" help:"List datasets with their latest version."`
	Create datasetCreate `cmd:"" help:"Make a dataset: a choice out of what is marked."`
	Add    datasetAdd    `cmd:"" help:"Mark feedback for training or evaluation, so that datasets may have it."`
	Remove datasetRemove `cmd:"" help:"Take marks back; versions that have the feedback are stale from then on."`
	Build  datasetBuild  `cmd:"" help:"Build the next version of one, and wait for it."`
	Export datasetExport `cmd:"" help:"Write the files of a version, with its card, to a folder."`
	Card   datasetCard   `cmd:"" help:"Print what is in a version, and what it is not."`
	Delete datasetDelete `cmd:"" help:"Delete a dataset with its versions and cards; what is marked stays so."`
}

type datasetList struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists datasets, newest first.
func (cmd datasetList) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var all api.DatasetList
	if err := c.do(env.ctx, http.MethodGet, "/v1/datasets", "", nil, &all); err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(all.Items)
	}
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tPURPOSE\tVERSION\tSTATE\tITEMS\tNAME")
	for _, d := range all.Items {
		version, state, items := "none", "", ""
		if v := d.Latest; v != nil {
			version, state, items = strconv.FormatInt(v.Number, 10), statePrinted(v), grouped(v.Counts.Items)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, d.Purpose, version, state, items, plain(d.Name))
	}
	return table.Flush()
}

func statePrinted(v *api.DatasetVersionItem) string {
	if v.State == heed.DatasetStale {
		return "stale (" + string(v.EndedBy) + ")"
	}
	return string(v.State)
}

type datasetBuild struct {
	remote
	ID   string `arg:"" help:"Id of the dataset."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// buildEvery is how often the server is asked how far it is.
const buildEvery = 500 * time.Millisecond

// Run has a version built and waits until it is.
func (cmd datasetBuild) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	path := "/v1/datasets/" + url.PathEscape(cmd.ID) + "/versions"
	var v api.DatasetVersionItem
	if err := c.do(env.ctx, http.MethodPost, path, "", nil, &v); err != nil {
		return err
	}
	told := newProgress(env.stderr, "built", "items", 1)
	for v.State == heed.DatasetBuilding {
		if p := v.Progress; p != nil && p.Total > 0 {
			told.total = p.Total
			if told.bar != nil {
				told.bar.ChangeMax64(p.Total)
			}
			told.advance(p.Done, p.Done)
		}
		select {
		case <-time.After(buildEvery):
		case <-env.ctx.Done():
			told.done()
			return errors.New("interrupted: the server goes on building, and heed dataset list says when it is done")
		}
		at := versionPath(&v)
		v = api.DatasetVersionItem{}
		if err := c.do(env.ctx, http.MethodGet, at, "", nil, &v); err != nil {
			told.done()
			return err
		}
	}
	told.done()
	if v.State == heed.DatasetFailed {
		return errors.New("the version could not be built: the server's log says why")
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(v)
	}
	return printVersion(env, &v)
}

func printVersion(env *environment, v *api.DatasetVersionItem) error {
	fmt.Fprintf(env.stdout, "Version %d: %s of %s people.\n", v.Number, counted(v.Counts.Items, "item"), grouped(v.Counts.People))
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FORMAT\tROWS\tBYTES\tSHA-256")
	for _, f := range v.Files {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.Format, grouped(f.Rows), grouped(f.Bytes), f.SHA256)
	}
	return table.Flush()
}

type datasetCard struct {
	remote
	ID      string `arg:"" help:"Id of the dataset."`
	Version int64  `help:"Number of the version; the latest unless told otherwise." placeholder:"N"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Run prints the card.
func (cmd datasetCard) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	_, v, err := c.datasetVersion(env.ctx, cmd.ID, cmd.Version)
	if err != nil {
		return err
	}
	format := "md"
	if cmd.JSON {
		format = "json"
	}
	text, err := c.text(env.ctx, versionPath(v)+"/card?format="+format)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, strings.TrimRight(text, "\n"))
	return err
}

type datasetDelete struct {
	remote
	ID string `arg:"" help:"Id of the dataset."`
}

// Run deletes a dataset.
func (cmd datasetDelete) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	path := "/v1/datasets/" + url.PathEscape(cmd.ID)
	var d api.DatasetDetail
	if err := c.do(env.ctx, http.MethodGet, path, "", nil, &d); err != nil {
		return err
	}
	if err := c.do(env.ctx, http.MethodDelete, path, "", nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s is deleted, with %s. What is marked stays marked; copies that were taken home are yours to delete.\n", plain(d.Name), counted(int64(len(d.Versions)), "version"))
	return err
}

// datasetVersion reads a dataset and one of its versions; 0 is the latest.
func (c *client) datasetVersion(ctx context.Context, id string, number int64) (*api.DatasetDetail, *api.DatasetVersionItem, error) {
	var d api.DatasetDetail
	if err := c.do(ctx, http.MethodGet, "/v1/datasets/"+url.PathEscape(id), "", nil, &d); err != nil {
		return nil, nil, err
	}
	for _, v := range d.Versions {
		if number == 0 || v.Number == number {
			return &d, v, nil
		}
	}
	if number != 0 {
		return nil, nil, errors.New("there is no such version: heed dataset list says which is the latest")
	}
	return nil, nil, errors.New("it has no version: heed dataset build makes one")
}

func versionPath(v *api.DatasetVersionItem) string {
	return "/v1/datasets/" + url.PathEscape(string(v.Dataset)) + "/versions/" + strconv.FormatInt(v.Number, 10)
}
