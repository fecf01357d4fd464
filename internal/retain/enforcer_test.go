package retain

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// house is everything that an Enforcer works on, with nothing behind it but what it
// is told: what happens in which order is what is tested here; what the stores do,
// storetest tests.
type house struct {
	store.Attachments
	store.Projects
	store.File
	clock    *heed.RetentionClock
	projects []heed.Project
	rows     map[heed.RetentionClass]int64 // that have expired
	broken   heed.ProjectID                // of which nothing can be deleted
	runs     map[heed.ProjectID]heed.RetentionRun
	file     heed.FileState
	rewrite  error
	settling error // why what came in is not stored
	endError error // that comes with the months that ended
	did      []string
	at       []time.Time // of runs
	ended    []int       // months after which keys of pseudonyms were to end
	days     int         // how often days were to end
	log      []audit.Entry
	answered time.Time // when the oldest answer of reviewers was written
}

func (h *house) EndPseudonyms(_ context.Context, _ heed.ProjectID, months int, _ time.Time) ([]string, error) {
	h.ended = append(h.ended, months)
	return []string{"2025-03"}, h.endError
}

func (h *house) EndDays(time.Time) { h.days++ }

func (h *house) RetentionClock(context.Context) (heed.RetentionClock, error) {
	if h.clock == nil {
		return heed.RetentionClock{}, heed.Errorf(heed.NotFound, "none")
	}
	return *h.clock, nil
}

func (h *house) KeepRetentionClock(_ context.Context, c heed.RetentionClock) error {
	h.clock = &c
	return nil
}

func (h *house) RetentionRun(_ context.Context, id heed.ProjectID) (heed.RetentionRun, error) {
	return h.runs[id], nil
}

func (h *house) EmptyLog(context.Context) error {
	h.did = append(h.did, "empty the log")
	return nil
}

func (h *house) KeepRetentionRun(_ context.Context, run heed.RetentionRun) error {
	if h.runs[run.Project] = run; run.Project == "p1" {
		h.at = append(h.at, run.At)
	}
	return nil
}

func (h *house) ListProjects(context.Context) ([]heed.Project, error) { return h.projects, nil }

func (h *house) AuditDue(context.Context, time.Time) (int64, error) { return 0, nil }

func (h *house) ExpireAudit(_ context.Context, before time.Time, _ int) (int64, error) {
	h.did = append(h.did, "audit before "+before.Format(time.DateOnly))
	return 0, nil
}

func (h *house) AppendAudit(_ context.Context, e audit.Entry) (audit.Record, error) {
	h.log = append(h.log, e)
	return audit.Record{}, nil
}

func (h *house) AttachmentsDue(context.Context, heed.ProjectID, time.Time) (int64, error) {
	return 0, nil
}

func (h *house) LiveAttachments(context.Context, heed.ProjectID, heed.Respondent, time.Time) ([]heed.Attachment, error) {
	return nil, nil
}

func (h *house) AttachmentsOf(context.Context, heed.ProjectID, ...heed.FeedbackID) ([]heed.Attachment, error) {
	h.did = append(h.did, "attachments of feedback")
	return nil, nil
}

func (h *house) Due(context.Context, heed.ProjectID, map[heed.RetentionClass]time.Time) (heed.Expired, error) {
	return heed.Expired{}, nil
}

func (h *house) EndMarks(_ context.Context, _ heed.ProjectID, _ []heed.FeedbackID, why heed.DatasetEnd, _ time.Time) error {
	h.did = append(h.did, "marks of feedback, "+string(why))
	return nil
}

func (h *house) ForgetFiled(context.Context, heed.ProjectID, []heed.FeedbackID) error {
	h.did = append(h.did, "filings of feedback")
	return nil
}

func (h *house) ExpiringFeedback(context.Context, heed.ProjectID, time.Time, int) ([]heed.FeedbackID, error) {
	return []heed.FeedbackID{"f"}, nil
}

func (h *house) OldestInboxAnswer(context.Context, heed.ProjectID) (time.Time, error) {
	return h.answered, nil
}

func (h *house) End(context.Context, heed.ProjectID, []heed.FeedbackID) error {
	h.did = append(h.did, "inbox")
	return nil
}

func (h *house) Forget(context.Context, heed.ProjectID, []heed.Respondent) error { return nil }

var errBroken = errors.New("broken")

func (h *house) Expire(_ context.Context, id heed.ProjectID, class heed.RetentionClass, _ time.Time, limit int) (int64, bool, error) {
	if id == h.broken {
		return 0, false, errBroken
	}
	n := min(h.rows[class], int64(limit))
	h.rows[class] -= n
	h.did = append(h.did, string(class))
	if n > 0 && h.file.DeletedSince.IsZero() {
		h.file.DeletedSince = time.Now()
	}
	return n, h.rows[class] > 0, nil
}

func (h *house) Unheld(_ context.Context, _ heed.ProjectID, persons []heed.Respondent) ([]heed.Respondent, error) {
	h.did = append(h.did, "unheld")
	return persons[:1], nil
}

func (h *house) OldestText(context.Context, heed.ProjectID) (time.Time, error) {
	return time.Now().AddDate(0, 0, -10), nil
}

func (h *house) FileState(context.Context) (heed.FileState, error) { return h.file, nil }

func (h *house) Rewrite(context.Context) error {
	h.did = append(h.did, "rewrite")
	if h.rewrite == nil {
		h.file.DeletedSince = time.Time{}
	}
	return h.rewrite
}

func (h *house) Shed(context.Context) error {
	h.did = append(h.did, "shed")
	return nil
}

func (h *house) Settle(context.Context) error {
	h.did = append(h.did, "settle")
	return h.settling
}

func (h *house) ForgetOlder(heed.ProjectID, time.Time) { h.did = append(h.did, "forget") }

func (h *house) TextKeys(_ context.Context, _ heed.ProjectID, after int64, _ int) ([]heed.TextKey, error) {
	if after > 0 {
		return nil, nil
	}
	day := func(ago int) time.Time { return time.Now().UTC().AddDate(0, 0, -ago).Truncate(24 * time.Hour) }
	return []heed.TextKey{
		{N: 1, Respondent: heed.Respondent{1}}, {N: 2, Respondent: heed.Respondent{2}}, {N: 3, Day: day(20)}, {N: 4, Day: day(11)}, {N: 5, Day: day(1)},
	}, nil
}

func (h *house) ShredIdle(_ context.Context, _ heed.ProjectID, keys []heed.TextKey) (int64, error) {
	for _, k := range keys {
		h.did = append(h.did, map[int64]string{1: "shred person 1", 2: "shred person 2", 3: "shred day -20", 4: "shred day -11", 5: "shred day -1"}[k.N])
	}
	return int64(len(keys)), nil
}

func project(id heed.ProjectID, audit int) heed.Project {
	p := heed.Project{ID: id, Privacy: heed.DefaultPrivacy()}
	p.Privacy.RetentionDays.Audit = audit
	return p
}

func enforce(h *house) *Enforcer {
	if h.rows == nil {
		h.rows = map[heed.RetentionClass]int64{}
	}
	if h.runs == nil {
		h.runs = map[heed.ProjectID]heed.RetentionRun{}
	}
	return NewEnforcer(EnforcerOptions{
		Keys: h, Events: h, Catalog: h, Memory: h, Queue: h, Attachments: &Attachments{Catalog: h}, Inbox: h, Pseudonyms: &Pseudonyms{Keys: h, Days: h, Catalog: h}, Log: slog.New(slog.DiscardHandler),
	})
}

// lives runs an Enforcer for a time.
func lives(t *testing.T, e *Enforcer, d time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { e.Run(ctx); close(done) }()
	time.Sleep(d)
	synctest.Wait()
	stop()
	<-done
}

// One night's work, in its order: rows in batches, then the keys, then the file.
func TestNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{projects: []heed.Project{project("p1", 396)}, rows: map[heed.RetentionClass]int64{heed.KeptResponses: atOnce + 5, heed.KeptFeedback: 3}}
		e := enforce(h)
		lives(t, e, 24*time.Hour)
		want := []string{
			"responses", "responses", "attachments of feedback", "inbox", "filings of feedback", "marks of feedback, expired", "feedback", "forget", "signals",
			"settle", "unheld", "shred person 1", "shred day -20", "audit before " + h.at[0].AddDate(0, 0, -396).Format(time.DateOnly), "shed", "empty the log", "rewrite",
		}
		if diff := cmp.Diff(want, h.did); diff != "" {
			t.Errorf("done (-want +got):\n%s", diff)
		}
		run := h.runs["p1"]
		if diff := cmp.Diff(heed.Expired{heed.KeptResponses: atOnce + 5, heed.KeptFeedback: 3, heed.KeptSignals: 0}, run.Deleted); diff != "" || run.Keys != 2 {
			t.Errorf("written down with %d keys (-want +got):\n%s", run.Keys, diff)
		}
	})
}

// It runs once a night, also when the server was down at that hour, and never more.
func TestOnceANight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{projects: []heed.Project{project("p1", 396)}}
		lives(t, enforce(h), 72*time.Hour) // three nights
		if len(h.at) != 3 {
			t.Fatalf("it ran at %v", h.at)
		}
		time.Sleep(23 * time.Hour) // a night without a server
		lives(t, enforce(h), time.Minute)
		lives(t, enforce(h), time.Minute) // and started again
		if len(h.at) != 4 {
			t.Fatalf("it ran at %v", h.at)
		}
	})
}

// A server that was off for longer than a day deletes nothing until somebody
// confirms the date, however often it is started and for how long it runs.
func TestSuspended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{projects: []heed.Project{project("p1", 396)}, rows: map[heed.RetentionClass]int64{heed.KeptFeedback: 3}}
		lives(t, enforce(h), time.Minute)
		time.Sleep(25 * time.Hour)
		for range 2 {
			lives(t, enforce(h), 48*time.Hour)
		}
		if diff := cmp.Diff([]int{heed.DefaultPseudonymMonths}, h.ended); diff != "" || h.days < 90 {
			t.Errorf("keys of pseudonyms under a clock that jumped, and days %d times (-want +got):\n%s", h.days, diff)
		}
		want := audit.Entry{Project: "p1", Action: audit.PseudonymsEnded, Object: "2025-03"}
		if diff := cmp.Diff([]audit.Entry{want}, h.log); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		if len(h.did) != 0 || len(h.at) != 0 || h.clock.SuspendedAt.IsZero() {
			t.Fatalf("did %v under a clock that jumped: %+v", h.did, h.clock)
		}
		e := enforce(h)
		if ok, err := e.Trusted(t.Context()); ok || err != nil {
			t.Errorf("the clock is trusted: %v, %v", ok, err)
		}
		if err := e.Confirm(t.Context(), "2001-02-03"); heed.CodeOf(err) != heed.Invalid || h.clock.SuspendedAt.IsZero() {
			t.Errorf("another date confirmed: %v", err)
		}
		if err := e.Confirm(t.Context(), time.Now().UTC().Format(time.DateOnly)); err != nil {
			t.Fatal(err)
		}
		if ok, err := e.Trusted(t.Context()); !ok || err != nil {
			t.Errorf("the clock that was confirmed is not trusted: %v, %v", ok, err)
		}
		lives(t, e, time.Minute)
		if len(h.at) != 1 || h.rows[heed.KeptFeedback] != 0 || len(h.ended) < 2 {
			t.Errorf("confirmed, it ran at %v", h.at)
		}
	})
}

// A clock that was put back deletes nothing and suspends nothing; where it is again,
// the work goes on.
func TestBackwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ahead := time.Now().Add(60 * time.Hour)
		h := &house{projects: []heed.Project{project("p1", 396)}, clock: &heed.RetentionClock{SeenAt: ahead, RanAt: ahead.AddDate(0, 0, -9)}}
		lives(t, enforce(h), 59*time.Hour)
		if len(h.at) != 0 || !h.clock.SuspendedAt.IsZero() || !h.clock.SeenAt.Equal(ahead) {
			t.Fatalf("it ran at %v and keeps %+v", h.at, h.clock)
		}
		lives(t, enforce(h), 3*time.Hour)
		if len(h.at) != 1 {
			t.Errorf("it ran at %v", h.at)
		}
	})
}

// Keys under which nothing is left end also where the night that deleted their rows
// did not come to them: it was cut short, or what came in could not be stored. So
// do those of feedback that an erasure deleted, in a project in which nothing is old.
func TestKeysOfAnEarlierNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{
			projects: []heed.Project{project("p1", 396)}, rows: map[heed.RetentionClass]int64{heed.KeptFeedback: 3}, settling: errBroken,
		}
		lives(t, enforce(h), 24*time.Hour)
		if h.rows[heed.KeptFeedback] != 0 || h.runs["p1"].Keys != 0 || !h.file.DeletedSince.IsZero() {
			t.Fatalf("the first night: %+v, file %+v", h.runs["p1"], h.file)
		}
		h.settling = nil
		lives(t, enforce(h), 24*time.Hour)
		if run := h.runs["p1"]; run.Keys != 2 {
			t.Errorf("the second night destroyed %d keys", run.Keys)
		}
	})
}

// The end of a month's key is written down also where a trace of it is still in the
// log, which is told, and keeps no other project waiting.
func TestEndedIsWrittenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{projects: []heed.Project{project("p1", 0), project("p2", 0)}, endError: errBroken}
		p := enforce(h).Pseudonyms
		if err := p.end(t.Context(), time.Now()); !errors.Is(err, errBroken) {
			t.Errorf("it is not told: %v", err)
		}
		want := []audit.Entry{
			{Project: "p1", Action: audit.PseudonymsEnded, Object: "2025-03"}, {Project: "p2", Action: audit.PseudonymsEnded, Object: "2025-03"},
		}
		if diff := cmp.Diff(want, h.log); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	})
}

// A project in which nothing can be deleted keeps the others not waiting, and a file
// that cannot be written anew is tried again, and said so.
func TestTroubles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{
			projects: []heed.Project{project("p0", 0), project("p1", 396)}, broken: "p0", rows: map[heed.RetentionClass]int64{heed.KeptFeedback: 3},
			rewrite: heed.Errorf(heed.Unavailable, "no room"),
		}
		e := enforce(h)
		lives(t, e, 48*time.Hour)
		if h.rows[heed.KeptFeedback] != 0 || h.runs["p1"].At.IsZero() {
			t.Errorf("the other project waits: %+v", h.runs)
		}
		var s Status
		if err := e.tellFile(t.Context(), &s); err != nil || s.File.Trouble != "no room" || s.File.RewriteBy.IsZero() {
			t.Errorf("file %+v (%v)", s.File, err)
		}
		tries := 0
		for _, what := range h.did {
			if what == "rewrite" {
				tries++
			}
			if strings.HasPrefix(what, "audit") {
				t.Error("audit records ended that one project keeps for ever")
			}
		}
		if tries < 2 {
			t.Errorf("the file was tried %d times", tries)
		}
		h.rewrite = nil
		e.RewriteNow()
		lives(t, e, time.Second)
		if !h.file.DeletedSince.IsZero() {
			t.Error("the file was not written anew when somebody asked for it")
		}
		// Whoever has the data directory asks by a file, once.
		e.Asks = filepath.Join(t.TempDir(), "ask")
		for _, asks := range [][]Ask{{AskLook}, {AskRewrite}, {AskRewrite, AskLook}, {AskLook, AskRewrite, AskRewrite}} {
			h.file.DeletedSince = heed.Instant(time.Now())
			for _, ask := range asks { // within one look
				if err := ask.Leave(e.Asks); err != nil {
					t.Fatal(err)
				}
			}
			lives(t, e, 3*time.Second)
			if left, err := filepath.Glob(e.Asks + "*"); len(left) > 0 || err != nil {
				t.Errorf("%q were not taken up (%v)", left, err)
			}
			if done := h.file.DeletedSince.IsZero(); done != slices.Contains(asks, AskRewrite) {
				t.Errorf("asked for %q, the file was written anew: %t", asks, done)
			}
		}
	})
}

// The key of a day stays while an answer of a reviewer is kept that was sealed
// under it, though all texts of people from then are gone.
func TestAnswersKeepTheirKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{projects: []heed.Project{project("p1", 396)}, rows: map[heed.RetentionClass]int64{heed.KeptFeedback: 3}, answered: time.Now().AddDate(0, 0, -30)}
		lives(t, enforce(h), 24*time.Hour)
		if slices.Contains(h.did, "shred day -20") || !slices.Contains(h.did, "shred person 1") {
			t.Errorf("it did %v", h.did)
		}
	})
}
