package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

func retentionRuns(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	p := project("p")
	if err := catalog.CreateProject(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	_, err := catalog.RetentionClock(t.Context())
	wantCode(t, "a clock that nobody looked at", heed.NotFound, err)
	_, err = catalog.RetentionRun(t.Context(), p.ID)
	wantCode(t, "a run that was not", heed.NotFound, err)

	clock := heed.RetentionClock{SeenAt: birth.Add(time.Hour), RanAt: birth}
	for _, suspended := range []time.Time{{}, birth.Add(72 * time.Hour), birth.Add(72 * time.Hour), {}} {
		clock.SuspendedAt = suspended
		if err := catalog.KeepRetentionClock(ctx, clock); err != nil {
			t.Fatal(err)
		}
		got, err := opened(t, open).RetentionClock(t.Context())
		if diff := cmp.Diff(clock, got); err != nil || diff != "" {
			t.Errorf("the clock (%v, -want +got):\n%s", err, diff)
		}
	}
	idle := heed.RetentionRun{Project: p.ID, At: birth, Deleted: heed.Expired{heed.KeptFeedback: 0}}
	busy := heed.RetentionRun{Project: p.ID, At: birth.Add(time.Hour), Deleted: heed.Expired{heed.KeptFeedback: 3, heed.KeptSignals: 0}, Keys: 2}
	for _, run := range []heed.RetentionRun{idle, busy} {
		if err := catalog.KeepRetentionRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		got, err := catalog.RetentionRun(t.Context(), p.ID)
		if diff := cmp.Diff(run, got); err != nil || diff != "" {
			t.Errorf("the run (%v, -want +got):\n%s", err, diff)
		}
	}
	must(t, catalog.EmptyLog(ctx))
	if err := catalog.KeepRetentionRun(ctx, heed.RetentionRun{At: birth, Deleted: heed.Expired{heed.KeptAudit: 1}}); err != nil {
		t.Error(err)
	}
	var told []audit.Entry
	for _, r := range recorded(t, catalog) {
		if strings.HasPrefix(string(r.Action), "retention.") {
			told = append(told, r.Entry)
		}
	}
	seen := details("seen", clock.SeenAt.Format(time.RFC3339))
	want := []audit.Entry{
		{Action: audit.RetentionSuspended, Details: seen}, {Action: audit.RetentionResumed, Details: seen},
		{Project: p.ID, Action: audit.RetentionEnforced, Object: string(p.ID), Details: details("feedback", "3", "keys", "2")},
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("written down (-want +got):\n%s", diff)
	}
}

// Records end oldest first and in batches. What is left is the tree as it was; that
// these records are too young to end, the check finds, and nothing else.
func expiredRecords(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	for i := range 10 {
		if _, err := catalog.AppendAudit(ctx, audit.Entry{Action: audit.Exported, Object: fmt.Sprint("exp_", i)}); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := catalog.AuditTree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkpoint := audit.Checkpoint{Tree: tree}
	if n, err := catalog.ExpireAudit(ctx, birth, 100); err != nil || n != 0 {
		t.Errorf("%d records from before all ended (%v)", n, err)
	}
	soon := time.Now().Add(time.Hour)
	if n, err := catalog.AuditDue(t.Context(), soon); err != nil || n != 10 {
		t.Errorf("%d records are due (%v), want 10", n, err)
	}
	for _, want := range []int64{4, 4, 4, 1} { // each leaves a record of itself
		if n, err := catalog.ExpireAudit(ctx, soon, 4); err != nil || n != want {
			t.Errorf("%d records ended (%v), want %d", n, err, want)
		}
	}
	var report audit.Report
	if err := opened(t, open).ReadAudit(t.Context(), func(log audit.Source) (err error) {
		report, err = audit.Verify(log, []audit.Checkpoint{checkpoint})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if report.Records != 14 || report.Expired != 13 || report.Agreed != 1 {
		t.Errorf("the check says %+v", report)
	}
	for _, p := range report.Problems {
		if !strings.Contains(p.What, "younger than six months") && !strings.Contains(p.What, "too young") {
			t.Errorf("record %d %s", p.Record, p.What)
		}
	}
	records, err := catalog.ListAudit(t.Context(), store.AuditQuery{Limit: 100})
	if err != nil || len(records) != 1 || records[0].Number != 13 || records[0].Action != audit.AuditExpired {
		t.Errorf("left is %+v (%v)", records, err)
	}
	if r, err := catalog.AppendAudit(ctx, audit.Entry{Action: audit.Exported}); err != nil || r.Number != 14 {
		t.Errorf("the next record is %+v (%v)", r, err)
	}
}
