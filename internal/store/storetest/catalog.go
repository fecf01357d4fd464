// Package storetest decides whether a backend is supported: it holds what the
// contracts in package store promise, as tests that every backend passes.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// Catalog runs what store.Catalog promises against a backend. fresh is called
// once a test; each call of the function it returns opens one more handle on
// the test's own data, as another process would. The handles are the test's to
// close; closing the data behind them is the backend's, by t.Cleanup.
func Catalog(t *testing.T, fresh func(t *testing.T) (open func() store.Catalog)) {
	tests := []catalogTest{
		{"a project reads back as it was written", projectRoundTrip},
		{"a project comes with its keys or not at all", createIsAtomic},
		{"names and ids are taken once", conflicts},
		{"what is not there is not found", notFound},
		{"projects come by name", projectOrder},
		{"an update replaces all but id and creation", updateProject},
		{"a key reads back as it was written", keyRoundTrip},
		{"keys come oldest first", keyOrder},
		{"revoking is for good and can be repeated", revokeKey},
		{"a project sees and revokes its own keys only", keyIsolation},
		{"users are found, changed and removed", users},
		{"the last admin stays", lastAdmin},
		{"a session is its user's until it ends", sessions},
		{"sessions are listed, used and ended by their id", sessionList},
		{"an identity is one member's", identities},
		{"when a key was used is kept", keyUses},
		{"a way in is good once", entries},
		{"an erasure is pending until it is done", erasures},
		{"retention remembers the clock and its runs", retentionRuns},
		{"audit records end, and the log can be checked", expiredRecords},
		{"attachments have bounds", attachmentBounds},
		{"no attachment outlives who was erased", attachmentsOfErased},
		{"a member reads so many attachments a day, however many ask at once", revealBounds},
		{"why a member read an attachment is told as long as that they did", revealReasons},
		{"the same question has the same published answer", publications},
		{"a project has one Slack app", slackApps},
		{"no project publishes beyond its budget, however many publish at once", publicationBudget},
		{"attachments keep what they are sealed for, and a change of the key is on record", attachmentKeys},
		{"a finding keeps its history", findingHistory},
		{"of many who change a finding one does", findingConflict},
		{"findings are listed newest first", findingLists},
		{"feedback is filed and taken away", filings},
		{"who was shown a follow-up counts once", followUps},
		{"a project sees and changes its own findings only", findingIsolation},
		{"datasets are listed newest first", datasets},
		{"marks say what may be used for what", datasetMarks},
		{"a version is served while everything in it may be used", datasetVersions},
		{"a dataset is deleted with its versions", deletedDatasets},
		{"who is erased is in no version", erasedFromDatasets},
		{"an attachment that ends ends the versions that have it", attachedInDatasets},
		{"endpoints are made, changed and removed", endpoints},
		{"of many who follow a history one queues each event", queueing},
		{"a delivery is tried until it is over", tries},
		{"an endpoint is left alone as it asks, and tried when somebody asks", fares},
		{"every step of a finding is to be told", happenings},
		{"alerts are made, changed and end", alerts},
		{"what fires at once is told once", turning},
		{"a review keeps its history", reviewHistory},
		{"of many who change or open a review one does", reviewConflict},
		{"reviews are listed newest first", reviewLists},
		{"decisions are taken over until something became of them", earlierDecisions},
		{"when projects are reviewed is kept", reviewCadences},
		{"a project sees and changes its own reviews only", reviewIsolation},
		{"hostile text is only text", hostileText},
		{"what is done is written down", everythingIsAudited},
		{"what a project's settings were and are is written down", projectChanges},
		{"nothing is done for nobody", nobodyActs},
		{"what failed, or changed nothing, has no record", nothingToWriteDown},
		{"records are listed by what they are", listedRecords},
		{"what is no entry is refused", noEntry},
		{"the log's key is made once", auditKeyOnce},
		{"many append at once", concurrentRecords},
		{"many writers at once", concurrentWriters},
		{"one of many wins a name", concurrentName},
		{"handles see each other's commits at once", twoHandles},
		{"what was committed is there after a restart", reopened},
		{"an ended context ends the call", endedContext},
	}
	for _, test := range slices.Concat(tests, inboxTests(), issueTests()) {
		t.Run(test.name, func(t *testing.T) { test.run(t, fresh(t)) })
	}
}

// catalogTest is one thing that a catalog promises.
type catalogTest struct {
	name string
	run  func(t *testing.T, open func() store.Catalog)
}

// birth is when everything in these tests was made, unless a test says more.
var birth = time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC)

// acting is the context of a test, in which somebody acts.
func acting(t *testing.T) context.Context {
	return audit.By(t.Context(), tester)
}

// tester is who acts in these tests.
var tester = audit.Actor{Kind: audit.Member, ID: "usr_tester", Name: "tester"}

func project(name string) heed.Project {
	return heed.Project{
		ID: heed.ProjectID("prj_" + name), Name: name,
		Origins: []string{"https://app.example.com", "http://localhost:3000"},
		Content: heed.ContentRedacted, Tags: heed.DefaultTags(), Forms: []heed.FeedbackForm{}, Commands: heed.CommandsOn, CreatedAt: birth,
		Patterns: []heed.RedactPattern{}, Privacy: heed.DefaultPrivacy(), Inbox: heed.DefaultInbox(),
	}
}

func key(project heed.ProjectID, id string, kind store.KeyKind) store.Key {
	k := store.Key{ID: id, Project: project, Kind: kind, Name: "key " + id, CreatedAt: birth}
	copy(k.Hash[:], "hash of "+id)
	if kind == store.SecretKey {
		k.Scope, k.TokenKey = store.ScopeAll, []byte("wrapped\x00"+id)
	}
	return k
}

func opened(t *testing.T, open func() store.Catalog) store.Catalog {
	t.Helper()
	catalog := open()
	t.Cleanup(func() {
		if err := catalog.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return catalog
}

func created(t *testing.T, catalog store.Catalog, p heed.Project, keys ...store.Key) {
	t.Helper()
	if err := catalog.CreateProject(acting(t), p, keys); err != nil {
		t.Fatalf("create project: %v", err)
	}
}

func wantCode(t *testing.T, what string, want heed.Code, err error) {
	t.Helper()
	if got := heed.CodeOf(err); got != want {
		t.Errorf("%s: code %q, want %q (%v)", what, got, want, err)
	}
}

func wantProject(t *testing.T, catalog store.Catalog, want heed.Project) {
	t.Helper()
	got, err := catalog.Project(acting(t), want.ID)
	if err != nil {
		t.Fatalf("project: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("project (-want +got):\n%s", diff)
	}
}

func wantKey(t *testing.T, catalog store.Catalog, want store.Key) {
	t.Helper()
	got, err := catalog.Key(acting(t), want.ID)
	if err != nil {
		t.Fatalf("key: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
}

func projectRoundTrip(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	full, bare := project("full"), project("bare")
	bare.Origins, bare.Tags, bare.Content = []string{}, []string{}, heed.ContentNone
	for _, want := range []heed.Project{full, bare} {
		created(t, catalog, want)
		wantProject(t, catalog, want)
		got, err := catalog.ProjectByName(acting(t), want.Name)
		if err != nil {
			t.Fatalf("by name: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("by name (-want +got):\n%s", diff)
		}
	}
	nothing := project("nothing")
	nothing.Origins, nothing.Tags = nil, nil
	created(t, catalog, nothing)
	nothing.Origins, nothing.Tags = []string{}, []string{}
	wantProject(t, catalog, nothing)
}

func createIsAtomic(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	first := project("first")
	secret, public := key(first.ID, "secret01", store.SecretKey), key(first.ID, "public01", store.PublishableKey)
	created(t, catalog, first, secret, public)
	wantKey(t, catalog, secret)
	wantKey(t, catalog, public)

	second := project("second")
	fresh, taken := key(second.ID, "secret02", store.SecretKey), key(second.ID, public.ID, store.PublishableKey)
	err := catalog.CreateProject(acting(t), second, []store.Key{fresh, taken})
	wantCode(t, "create with a taken key id", heed.Conflict, err)
	_, err = catalog.Project(acting(t), second.ID)
	wantCode(t, "project after a failed create", heed.NotFound, err)
	_, err = catalog.Key(acting(t), fresh.ID)
	wantCode(t, "key after a failed create", heed.NotFound, err)
	wantKey(t, catalog, public)
}

func conflicts(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	first := project("first")
	created(t, catalog, first, key(first.ID, "secret01", store.SecretKey))

	sameName := project("second")
	sameName.Name = first.Name
	err := catalog.CreateProject(acting(t), sameName, []store.Key{key(sameName.ID, "secret02", store.SecretKey)})
	wantCode(t, "a taken name", heed.Conflict, err)
	_, err = catalog.Key(acting(t), "secret02")
	wantCode(t, "key of a project whose name was taken", heed.NotFound, err)

	sameID := project("third")
	sameID.ID = first.ID
	wantCode(t, "a taken id", heed.Conflict, catalog.CreateProject(acting(t), sameID, nil))
	wantCode(t, "a taken key id", heed.Conflict, catalog.CreateKey(acting(t), key(first.ID, "secret01", store.PublishableKey)))

	other := project("other")
	created(t, catalog, other)
	renamed := other
	renamed.Name = first.Name
	wantCode(t, "update to a taken name", heed.Conflict, catalog.UpdateProject(acting(t), renamed))
	wantProject(t, catalog, other)
	wantProject(t, catalog, first)
}

func notFound(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	ctx := acting(t)
	p := project("there")
	created(t, catalog, p)
	_, err := catalog.Project(ctx, "prj_nowhere")
	wantCode(t, "project", heed.NotFound, err)
	_, err = catalog.ProjectByName(ctx, "nowhere")
	wantCode(t, "project by name", heed.NotFound, err)
	_, err = catalog.ProjectByName(ctx, "THERE")
	wantCode(t, "project by a name in other letters", heed.NotFound, err)
	_, err = catalog.Key(ctx, "nowhere1")
	wantCode(t, "key", heed.NotFound, err)
	wantCode(t, "update", heed.NotFound, catalog.UpdateProject(ctx, project("nowhere")))
	wantCode(t, "revoke", heed.NotFound, catalog.RevokeKey(ctx, p.ID, "nowhere1", birth))
	wantCode(t, "create a key of no project", heed.NotFound, catalog.CreateKey(ctx, key("prj_nowhere", "secret01", store.SecretKey)))
	keys, err := catalog.ListKeys(ctx, "prj_nowhere")
	if err != nil || len(keys) != 0 {
		t.Errorf("keys of no project: %d, %v; want none", len(keys), err)
	}
}

func projectOrder(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	projects, err := catalog.ListProjects(acting(t))
	if err != nil || len(projects) != 0 {
		t.Errorf("an empty catalog lists %d projects, %v", len(projects), err)
	}
	for _, name := range []string{"m", "z", "a"} {
		created(t, catalog, project(name))
	}
	projects, err = catalog.ListProjects(acting(t))
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	if diff := cmp.Diff([]heed.Project{project("a"), project("m"), project("z")}, projects); diff != "" {
		t.Errorf("projects (-want +got):\n%s", diff)
	}
}

func updateProject(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	before, bystander := project("before"), project("bystander")
	created(t, catalog, before, key(before.ID, "secret01", store.SecretKey))
	created(t, catalog, bystander)
	want := heed.Project{
		ID: before.ID, Name: "after", Origins: []string{"https://new.example.com"},
		Content: heed.ContentNone, Tags: []string{"own"}, Forms: []heed.FeedbackForm{{Feature: "search", Style: heed.StyleStars, Questions: []heed.Question{{Name: "found", Text: "Found it?", Choices: []string{"yes"}}}}},
		Commands: heed.CommandsOff, CreatedAt: before.CreatedAt,
		Patterns: []heed.RedactPattern{{Name: "CUSTOMER", Pattern: `KD-[0-9]{8}"`}},
		Privacy:  heed.PrivacyPolicy{SmallestGroup: 11},
		Tracker:  heed.Tracker{Kind: heed.TrackerJira, URL: "https://acme.atlassian.net", Project: "10000", IssueType: "10001"},
	}
	sent := want
	sent.CreatedAt = birth.Add(time.Hour)
	if err := catalog.UpdateProject(acting(t), sent); err != nil {
		t.Fatalf("update: %v", err)
	}
	wantProject(t, catalog, want)
	wantProject(t, catalog, bystander)
	wantKey(t, catalog, key(before.ID, "secret01", store.SecretKey))
	_, err := catalog.ProjectByName(acting(t), before.Name)
	wantCode(t, "by the old name", heed.NotFound, err)
}

func revokeKey(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	p := project("p")
	want, other := key(p.ID, "secret01", store.SecretKey), key(p.ID, "secret02", store.SecretKey)
	created(t, catalog, p, want, other)
	want.RevokedAt = birth.Add(time.Hour)
	for _, at := range []time.Time{want.RevokedAt, birth.Add(2 * time.Hour), birth} {
		if err := catalog.RevokeKey(acting(t), p.ID, want.ID, at); err != nil {
			t.Fatalf("revoke: %v", err)
		}
		wantKey(t, catalog, want)
	}
	wantKey(t, catalog, other)
}

func keyIsolation(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	mine, theirs := project("mine"), project("theirs")
	my, their := key(mine.ID, "secret01", store.SecretKey), key(theirs.ID, "secret02", store.SecretKey)
	created(t, catalog, mine, my)
	created(t, catalog, theirs, their)
	wantCode(t, "revoke another project's key", heed.NotFound, catalog.RevokeKey(acting(t), mine.ID, their.ID, birth))
	wantKey(t, catalog, their)
	keys, err := catalog.ListKeys(acting(t), mine.ID)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	if diff := cmp.Diff([]store.Key{my}, keys); diff != "" {
		t.Errorf("my keys (-want +got):\n%s", diff)
	}
}

func hostileText(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	for i, text := range []string{
		`'; DROP TABLE projects; --`, `" OR 1=1 --`, `%_*?[a-z]`, "\u202e\u0000\n", "ключ 鍵 🔑", `["a"]`,
	} {
		p := project(fmt.Sprint("p", i))
		p.Name, p.Tags, p.Origins = text, []string{text}, []string{text}
		k := key(p.ID, fmt.Sprint("secret0", i), store.SecretKey)
		k.Name = text
		created(t, catalog, p, k)
		wantProject(t, catalog, p)
		wantKey(t, catalog, k)
	}
}

// writers is how many goroutines write at once in these tests.
const writers = 16

// together runs f for 0 … writers-1 at once and returns their errors.
func together(f func(i int) error) []error {
	errs := make([]error, writers)
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range errs {
		group.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

func concurrentWriters(t *testing.T, open func() store.Catalog) {
	handles := []store.Catalog{opened(t, open), opened(t, open)}
	err := errors.Join(together(func(i int) error {
		catalog, p := handles[i%2], project(fmt.Sprint("p", i))
		secret := key(p.ID, fmt.Sprintf("secret%02d", i), store.SecretKey)
		if err := catalog.CreateProject(acting(t), p, []store.Key{secret}); err != nil {
			return err
		}
		if _, err := handles[(i+1)%2].Key(acting(t), secret.ID); err != nil {
			return err
		}
		return catalog.RevokeKey(acting(t), p.ID, secret.ID, birth)
	})...)
	if err != nil {
		t.Fatalf("write together: %v", err)
	}
	projects, err := handles[0].ListProjects(acting(t))
	if err != nil || len(projects) != writers {
		t.Errorf("%d projects, %v; want %d", len(projects), err, writers)
	}
	for i := range writers {
		k, err := handles[0].Key(acting(t), fmt.Sprintf("secret%02d", i))
		if err != nil || k.Active(birth) {
			t.Errorf("key %d: active %t, %v; want revoked", i, k.Active(birth), err)
		}
	}
}

func concurrentName(t *testing.T, open func() store.Catalog) {
	handles := []store.Catalog{opened(t, open), opened(t, open)}
	won := 0
	for i, err := range together(func(i int) error {
		p := project(fmt.Sprint("p", i))
		p.Name = "the one"
		return handles[i%2].CreateProject(acting(t), p, nil)
	}) {
		if err == nil {
			won++
			continue
		}
		wantCode(t, fmt.Sprint("writer ", i), heed.Conflict, err)
	}
	if won != 1 {
		t.Errorf("%d writers got the name, want 1", won)
	}
}

func twoHandles(t *testing.T, open func() store.Catalog) {
	here, there := opened(t, open), opened(t, open)
	for i := range 20 {
		p := project(fmt.Sprint("p", i))
		k := key(p.ID, fmt.Sprintf("secret%02d", i), store.SecretKey)
		_, err := there.Key(acting(t), k.ID)
		wantCode(t, "key before it is made", heed.NotFound, err)
		created(t, here, p, k)
		wantProject(t, there, p)
		wantKey(t, there, k)
		k.RevokedAt = birth.Add(time.Hour)
		if err := there.RevokeKey(acting(t), p.ID, k.ID, k.RevokedAt); err != nil {
			t.Fatalf("revoke: %v", err)
		}
		wantKey(t, here, k)
		here, there = there, here
	}
}

func reopened(t *testing.T, open func() store.Catalog) {
	p := project("p")
	k := key(p.ID, "secret01", store.SecretKey)
	catalog := open()
	created(t, catalog, p, k)
	if err := catalog.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	again := opened(t, open)
	wantProject(t, again, p)
	wantKey(t, again, k)
}

func endedContext(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	p := project("p")
	created(t, catalog, p, key(p.ID, "secret01", store.SecretKey))
	ended, cancel := context.WithCancel(acting(t))
	cancel()
	_, errProject := catalog.Project(ended, p.ID)
	_, errByName := catalog.ProjectByName(ended, p.Name)
	_, errProjects := catalog.ListProjects(ended)
	_, errKey := catalog.Key(ended, "secret01")
	_, errKeys := catalog.ListKeys(ended, p.ID)
	changed := p
	changed.Name = "changed"
	for call, err := range map[string]error{
		"Project": errProject, "ProjectByName": errByName, "ListProjects": errProjects, "Key": errKey, "ListKeys": errKeys,
		"CreateProject": catalog.CreateProject(ended, project("other"), nil),
		"UpdateProject": catalog.UpdateProject(ended, changed),
		"CreateKey":     catalog.CreateKey(ended, key(p.ID, "secret02", store.SecretKey)),
		"RevokeKey":     catalog.RevokeKey(ended, p.ID, "secret01", birth),
	} {
		wantCode(t, call, heed.Unavailable, err)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v is not context.Canceled", call, err)
		}
	}
	wantProject(t, catalog, p)
	wantKey(t, catalog, key(p.ID, "secret01", store.SecretKey))
	_, err := catalog.Project(acting(t), "prj_other")
	wantCode(t, "project made in an ended context", heed.NotFound, err)
}
