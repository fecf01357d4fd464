package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/retain"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

type auditVerify struct {
	auditPlace
	Checkpoint []string `help:"A file with a checkpoint that was published, or a log of Heed with many; may stand several times." placeholder:"FILE"`
	Receipt    []string `help:"A file with the receipt of an erasure; may stand several times." placeholder:"FILE"`
	Key        string   `help:"The key that the checkpoints were signed with, as heed audit key once printed it." placeholder:"KEY"`
	JSON       bool     `name:"json" help:"Print JSON."`
}

// Run computes the log again and tells what is not as it was written. It opens
// the catalog alone: who checks needs none of the keys.
func (cmd auditVerify) Run(env *environment) (err error) {
	c, err := serving{Data: cmd.Data, Config: cmd.Config}.config(env)
	if err != nil {
		return err
	}
	if err := mustExist(c.Data); err != nil {
		if cmd.Key != "" && len(cmd.Receipt) > 0 && len(cmd.Checkpoint) == 0 && cmd.Data == "" {
			return cmd.receiptsAlone(env)
		}
		return err
	}
	dir, err := openDataDir(c.Data)
	if err != nil {
		return err
	}
	catalog, err := sqlite.Open(env.ctx, dir.file("catalog.db"))
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, catalog) }()
	kept, err := catalog.AuditKey(env.ctx)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return err
	}
	checkpoints, refused, err := cmd.read(cmp.Or(cmd.Key, kept.Verifier))
	if err != nil {
		return err
	}
	if cmd.Key != "" && cmd.Key != kept.Verifier {
		refused = append(refused, audit.Problem{Record: -1, What: "the log has another key than the one given: it was replaced"})
	}
	var report audit.Report
	if err := catalog.ReadAudit(env.ctx, func(log audit.Source) (err error) {
		report, err = audit.Verify(log, checkpoints)
		return err
	}); err != nil {
		return err
	}
	report.Problems = append(report.Problems, refused...)
	told, spoiled, err := cmd.receipts(cmp.Or(cmd.Key, kept.Verifier))
	if err != nil {
		return err
	}
	if !cmd.JSON {
		fmt.Fprint(env.stdout, told)
		for _, p := range spoiled {
			fmt.Fprintln(env.stdout, p.What)
		}
	}
	return cmd.tell(env, &report, spoiled)
}

// receiptsAlone checks receipts where there is no log, as who was handed one
// does: the key that heed audit key once printed is all it takes.
func (cmd auditVerify) receiptsAlone(env *environment) error {
	told, spoiled, err := cmd.receipts(cmd.Key)
	if err != nil {
		return err
	}
	if cmd.JSON {
		if err := json.NewEncoder(env.stdout).Encode(audit.Report{Problems: append([]audit.Problem{}, spoiled...)}); err != nil {
			return err
		}
	} else {
		fmt.Fprint(env.stdout, told)
		for _, p := range spoiled {
			fmt.Fprintln(env.stdout, p.What)
		}
		fmt.Fprintln(env.stdout, "The log itself was not looked at: it is in no data directory here.")
	}
	if len(spoiled) > 0 {
		return errors.New("a receipt is not good")
	}
	return nil
}

// read opens the checkpoints in the files. One that is not signed as it should
// be is a problem, not an error: who rewrites a log may have a new key.
func (cmd auditVerify) read(verifier string) (checkpoints []audit.Checkpoint, refused []audit.Problem, err error) {
	for _, file := range cmd.Checkpoint {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, fmt.Errorf("read the checkpoint %s: %w", file, unwrapPath(err))
		}
		found := audit.FindCheckpoints(text)
		if len(found) == 0 {
			return nil, nil, fmt.Errorf("%s holds no checkpoint: heed audit checkpoint prints one", file)
		}
		for _, signed := range found {
			c, err := audit.OpenCheckpoint(signed, verifier)
			if err != nil {
				refused = append(refused, audit.Problem{Record: -1, What: fmt.Sprintf("a checkpoint in %s is not good: %v", file, err)})
				continue
			}
			checkpoints = append(checkpoints, c)
		}
	}
	return checkpoints, refused, nil
}

// receipts checks receipts of erasures, and says what the good ones say.
func (cmd auditVerify) receipts(verifier string) (told string, refused []audit.Problem, err error) {
	for _, file := range cmd.Receipt {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", nil, fmt.Errorf("read the receipt %s: %w", file, unwrapPath(err))
		}
		s, err := retain.VerifyReceipt(text, verifier)
		if err != nil {
			refused = append(refused, audit.Problem{Record: -1, What: fmt.Sprintf("the receipt in %s is not good: %v", file, err)})
			continue
		}
		told += fmt.Sprintf("The receipt in %s is good: demand %s of %s was done %s.\n", file, s.ID, s.RequestedAt.Format(time.RFC3339), s.DoneAt.Format(time.RFC3339))
		if !s.ReplayedAt.IsZero() {
			told += fmt.Sprintf("It was done again for a data directory that did not know of it, %s: it counts what that one held.\n", s.ReplayedAt.Format(time.RFC3339))
		}
	}
	return told, refused, nil
}

// tell prints what was found. What is wrong is also an error; a receipt that is
// not good says nothing against the log.
func (cmd auditVerify) tell(env *environment, report *audit.Report, spoiled []audit.Problem) error {
	wrong := len(report.Problems) + report.More
	switch {
	case cmd.JSON:
		all := *report
		all.Problems = append(slices.Clone(report.Problems), spoiled...)
		if err := json.NewEncoder(env.stdout).Encode(all); err != nil {
			return err
		}
	case wrong == 0:
		if report.Expired > 0 {
			fmt.Fprintf(env.stdout, "The first %d records have ended by retention; their hashes are there.\n", report.Expired)
		}
		fmt.Fprintf(env.stdout, "%d records are as they were written, and agree with %s. The root is %v.\n", report.Records, counted(int64(report.Agreed), "checkpoint"), report.Root)
		if len(cmd.Checkpoint) == 0 {
			fmt.Fprintln(env.stdout, "Without a checkpoint that was kept elsewhere, this cannot tell whether the whole log was made up or rolled back: see --checkpoint.")
		}
	default:
		for _, p := range report.Problems {
			if p.Record < 0 {
				fmt.Fprintln(env.stdout, p.What)
				continue
			}
			fmt.Fprintf(env.stdout, "record %d %s\n", p.Record, p.What)
		}
		if report.More > 0 {
			fmt.Fprintf(env.stdout, "and %d more\n", report.More)
		}
	}
	if wrong > 0 {
		return errors.New("the audit log is not as it was written")
	}
	if len(spoiled) > 0 {
		return errors.New("a receipt is not good")
	}
	return nil
}
