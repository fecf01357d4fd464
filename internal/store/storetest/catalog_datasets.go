package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

func someone(n byte) heed.Respondent { return heed.Respondent{n, 1} }

// datasetOf is one of a project for a purpose.
func datasetOf(p heed.Project, name string, purpose heed.DatasetPurpose) heed.Dataset {
	return heed.Dataset{
		Project: p.ID, ID: heed.DatasetID("ds_" + p.Name + name), Name: name, Purpose: purpose, PersonCap: 20, License: "mit",
		Selection: heed.DatasetSelection{Filter: heed.FindingFilter{"feature": {"search", ""}}, From: birth}, CreatedAt: birth, CreatedBy: "usr_ada",
	}
}

// markOf is a mark of the n-th feedback of a project, of the n-th person.
func markOf(p heed.Project, n int, purpose heed.DatasetPurpose) heed.DatasetMark {
	return heed.DatasetMark{
		Project: p.ID, Feedback: heed.FeedbackID(fmt.Sprintf("fb_%04d", n)), Purpose: purpose, Texts: true,
		Given: birth.Add(time.Duration(n) * time.Second), Respondent: someone(byte(n + 1)), By: "usr_tester", At: birth.Add(time.Hour),
	}
}

// built is a version of a dataset with marks as its manifest, ready.
func built(t *testing.T, c store.Catalog, d heed.Dataset, marks ...heed.DatasetMark) heed.DatasetVersion {
	t.Helper()
	v, err := c.BeginVersion(acting(t), heed.DatasetVersion{Project: d.Project, Dataset: d.ID, BegunAt: birth.Add(2 * time.Hour), BegunBy: "usr_tester"})
	must(t, err)
	must(t, c.KeepItems(acting(t), v, itemsOf(marks)))
	v = finished(v, int64(len(marks)))
	must(t, c.FinishVersion(acting(t), v))
	return v
}

func itemsOf(marks []heed.DatasetMark) []heed.DatasetItem {
	var items []heed.DatasetItem
	for i, m := range marks {
		items = append(items, heed.DatasetItem{
			Place: int64(i), Feedback: m.Feedback, Updated: m.Given, Attachment: m.Attachment, Texts: m.Texts, ReviewedBy: m.By, ReviewedAt: m.At,
			People: []heed.Respondent{m.Respondent},
		})
	}
	return items
}

func finished(v heed.DatasetVersion, items int64) heed.DatasetVersion {
	v.State, v.BuiltAt, v.BuiltBy, v.Redaction = heed.DatasetReady, birth.Add(3*time.Hour), "v1", "policy"
	v.Counts = heed.DatasetCounts{Items: items, Notices: map[string]int64{"2-en": 1}, Trust: map[string]int64{}, Votes: map[string]int64{}}
	v.Files = []heed.DatasetFile{{Format: "jsonl", Name: "x.jsonl", Rows: items, Bytes: 7, SHA256: "00"}}
	return v
}

func wantVersion(t *testing.T, c store.Catalog, what string, want heed.DatasetVersion, items int) {
	t.Helper()
	got, err := c.ListVersions(t.Context(), want.Project, want.Dataset, want.Number)
	if err != nil || len(got) != 1 {
		t.Fatalf("%s: %d versions, %v", what, len(got), err)
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	manifest, err := c.Items(t.Context(), want, 0, 1000)
	if err != nil || len(manifest) != items {
		t.Errorf("%s: a manifest of %d, %v, want %d", what, len(manifest), err, items)
	}
}

func datasets(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	created(t, c, p)
	created(t, c, q)
	first, second := datasetOf(p, "first", heed.ForTraining), datasetOf(p, "second", heed.ForEvaluation)
	second.CreatedAt = birth.Add(time.Second)
	must(t, c.CreateDataset(acting(t), first), c.CreateDataset(acting(t), second), c.CreateDataset(acting(t), datasetOf(q, "first", heed.ForTraining)))
	same := datasetOf(p, "first", heed.ForTraining)
	same.ID = "ds_another"
	wantCode(t, "a name that is taken", heed.Conflict, c.CreateDataset(acting(t), same))
	all, err := c.ListDatasets(t.Context(), p.ID)
	must(t, err)
	if diff := cmp.Diff([]heed.Dataset{second, first}, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	one, err := c.Dataset(t.Context(), p.ID, first.ID)
	must(t, err)
	if diff := cmp.Diff(first, one); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = c.Dataset(t.Context(), q.ID, first.ID)
	wantCode(t, "of another project", heed.NotFound, err)
	_, err = c.Dataset(t.Context(), p.ID, "")
	wantCode(t, "none", heed.NotFound, err)
	_, err = c.BeginVersion(acting(t), heed.DatasetVersion{Project: q.ID, Dataset: first.ID, BegunAt: birth})
	wantCode(t, "a version of another project's", heed.NotFound, err)
}

func datasetMarks(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	all := []heed.DatasetMark{markOf(p, 0, heed.ForTraining), markOf(p, 1, heed.ForTraining), markOf(p, 2, heed.ForTraining)}
	all[1].Texts = false
	all[2].Respondent = heed.Respondent{}
	marked := func(want int, marks ...heed.DatasetMark) {
		t.Helper()
		if n, err := c.Mark(acting(t), marks); err != nil || n != want {
			t.Errorf("%d marked, %v, want %d", n, err, want)
		}
	}
	marked(3, all...)
	marked(0, all...)
	byFilter := all[0]
	byFilter.Texts, byFilter.By = false, "usr_other"
	marked(0, byFilter) // it was looked at, and stays so
	looked := all[1]
	looked.Texts, looked.At = true, birth.Add(2*time.Hour)
	marked(1, looked)
	all[1] = looked
	marked(1, markOf(p, 0, heed.ForEvaluation))
	list := func(after query.Cursor, limit int) []heed.DatasetMark {
		t.Helper()
		got, err := c.Marks(t.Context(), store.MarkQuery{Project: p.ID, Purpose: heed.ForTraining, After: after, Limit: limit})
		must(t, err)
		return got
	}
	if diff := cmp.Diff([]heed.DatasetMark{all[2], all[1]}, list(query.Cursor{}, 2)); diff != "" {
		t.Errorf("the first page (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]heed.DatasetMark{all[0]}, list(query.Cursor{Time: all[1].Given, ID: string(all[1].Feedback)}, 2)); diff != "" {
		t.Errorf("the second (-want +got):\n%s", diff)
	}
	counts, err := c.CountMarks(t.Context(), p.ID)
	must(t, err)
	if diff := cmp.Diff(map[heed.DatasetPurpose]int64{heed.ForTraining: 3, heed.ForEvaluation: 1}, counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n, err := c.Unmark(acting(t), p.ID, heed.ForTraining, []heed.FeedbackID{"fb_0000", "fb_9999"}, birth); err != nil || n != 1 {
		t.Errorf("%d unmarked, %v", n, err)
	}
	must(t, c.EndMarks(t.Context(), p.ID, []heed.FeedbackID{"fb_0001"}, heed.EndExpired, birth)) // by nobody: nothing to write down
	of, err := c.MarksOf(t.Context(), p.ID, "fb_0000", "fb_0001", "fb_0002")
	must(t, err)
	if diff := cmp.Diff([]heed.DatasetMark{markOf(p, 0, heed.ForEvaluation), all[2]}, of); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	var told []map[string]string
	for _, r := range recorded(t, c) {
		if r.Action == audit.DatasetMarked {
			told = append(told, r.Details)
		}
	}
	want := []map[string]string{
		details("purpose", "training", "how", "reviewed", "marked", "3"), details("purpose", "training", "how", "reviewed", "marked", "1"),
		details("purpose", "evaluation", "how", "reviewed", "marked", "1"), details("purpose", "training", "unmarked", "1"),
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// datasetVersions: a version is served while everything in it may be used.
func datasetVersions(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, other := project("p"), project("q")
	created(t, c, p)
	created(t, c, other)
	d, e := datasetOf(p, "d", heed.ForTraining), datasetOf(p, "e", heed.ForEvaluation)
	must(t, c.CreateDataset(acting(t), d), c.CreateDataset(acting(t), e))
	marks := []heed.DatasetMark{markOf(p, 0, heed.ForTraining), markOf(p, 1, heed.ForTraining)}
	mark := func() {
		_, err := c.Mark(acting(t), marks)
		must(t, err)
		_, err = c.Mark(acting(t), []heed.DatasetMark{markOf(p, 0, heed.ForEvaluation)})
		must(t, err)
	}
	mark()
	v := built(t, c, d, marks...)
	if v.Number != 1 {
		t.Errorf("number %d", v.Number)
	}
	wantVersion(t, c, "ready", v, 2)
	foreign := v
	foreign.Project = other.ID
	if items, err := c.Items(t.Context(), foreign, 0, 10); err != nil || len(items) > 0 {
		t.Errorf("another project sees %d items, %v", len(items), err)
	}
	kept := built(t, c, e, markOf(p, 0, heed.ForEvaluation))

	begun, err := c.BeginVersion(acting(t), heed.DatasetVersion{Project: p.ID, Dataset: d.ID, BegunAt: birth})
	must(t, err)
	_, err = c.BeginVersion(acting(t), heed.DatasetVersion{Project: p.ID, Dataset: d.ID, BegunAt: birth})
	wantCode(t, "two at once", heed.Conflict, err)
	building, err := c.ListVersions(t.Context(), "", "", 0)
	must(t, err)
	if len(building) != 1 || building[0].Number != 2 || building[0].State != heed.DatasetBuilding {
		t.Errorf("building: %+v", building)
	}
	must(t, c.KeepItems(acting(t), begun, itemsOf(marks)), c.KeepItems(acting(t), begun, itemsOf(marks))) // begun anew
	_, err = c.Unmark(acting(t), p.ID, heed.ForTraining, []heed.FeedbackID{"fb_0001"}, birth.Add(4*time.Hour))
	must(t, err)
	wantVersion(t, c, "a mark that was taken back", v.Stale(heed.EndUnmarked, birth.Add(4*time.Hour)), 0)
	wantVersion(t, c, "for another purpose", kept, 1)
	wantCode(t, "one that has what was taken back", heed.Conflict, c.FinishVersion(acting(t), finished(begun, 2)))
	must(t, c.KeepItems(acting(t), begun, itemsOf(marks[:1])), c.FinishVersion(acting(t), finished(begun, 1)))
	wantVersion(t, c, "built without it", finished(begun, 1), 1)
	must(t, c.EndVersion(acting(t), begun, heed.EndChanged, birth.Add(5*time.Hour)), c.EndVersion(acting(t), begun, heed.EndErased, birth))
	wantVersion(t, c, "ended once", finished(begun, 1).Stale(heed.EndChanged, birth.Add(5*time.Hour)), 0)

	mark()
	begun, err = c.BeginVersion(acting(t), heed.DatasetVersion{Project: p.ID, Dataset: d.ID, BegunAt: birth})
	must(t, err)
	failed := begun
	failed.State, failed.BuiltAt, failed.Counts = heed.DatasetFailed, birth, heed.DatasetCounts{}
	must(t, c.FinishVersion(acting(t), failed))
	wantVersion(t, c, "failed", failed, 0)
	all, err := c.ListVersions(t.Context(), p.ID, d.ID, 0)
	must(t, err)
	if len(all) != 3 || all[0].Number != 3 || all[2].Number != 1 {
		t.Errorf("%d versions: %+v", len(all), all)
	}
}

// deletedDatasets: a dataset goes with all of its versions, and with nothing else.
func deletedDatasets(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, other := project("p"), project("q")
	created(t, c, p)
	created(t, c, other)
	d, e, f := datasetOf(p, "d", heed.ForTraining), datasetOf(p, "e", heed.ForTraining), datasetOf(p, "f", heed.ForTraining)
	must(t, c.CreateDataset(acting(t), d), c.CreateDataset(acting(t), e), c.CreateDataset(acting(t), f))
	marks := []heed.DatasetMark{markOf(p, 0, heed.ForTraining), markOf(p, 1, heed.ForTraining)}
	_, err := c.Mark(acting(t), marks)
	must(t, err)
	first, kept := built(t, c, d, marks...), built(t, c, e, marks...)
	building, err := c.BeginVersion(acting(t), heed.DatasetVersion{Project: p.ID, Dataset: d.ID, BegunAt: birth})
	must(t, err)
	must(t, c.KeepItems(acting(t), building, itemsOf(marks)))
	latest, err := c.LatestVersions(t.Context(), p.ID)
	must(t, err)
	if len(latest) != 2 || latest[d.ID].Number != building.Number || cmp.Diff(kept, latest[e.ID]) != "" {
		t.Errorf("the latest: %+v", latest)
	}
	if theirs, err := c.LatestVersions(t.Context(), other.ID); err != nil || len(theirs) != 0 {
		t.Errorf("of another project: %+v (%v)", theirs, err)
	}

	wantCode(t, "by another project", heed.NotFound, c.DeleteDataset(acting(t), other.ID, d.ID))
	wantVersion(t, c, "after another project tried", first, 2)
	must(t, c.DeleteDataset(acting(t), p.ID, d.ID))
	wantCode(t, "once more", heed.NotFound, c.DeleteDataset(acting(t), p.ID, d.ID))
	if left, err := c.ListVersions(t.Context(), p.ID, d.ID, 0); err != nil || len(left) != 0 {
		t.Errorf("versions that are left: %+v (%v)", left, err)
	}
	if left, err := c.Items(t.Context(), first, 0, 10); err != nil || len(left) != 0 {
		t.Errorf("items that are left: %+v (%v)", left, err)
	}
	wantCode(t, "to finish its version", heed.NotFound, c.FinishVersion(acting(t), finished(building, 2)))
	wantVersion(t, c, "another dataset's", kept, 2)
	if of, err := c.MarksOf(t.Context(), p.ID, "fb_0000", "fb_0001"); err != nil || len(of) != 2 {
		t.Errorf("marks: %+v (%v)", of, err)
	}
	must(t, c.CreateDataset(acting(t), d)) // its name is free
	log := recorded(t, c)
	if last := log[len(log)-2]; last.Action != audit.DatasetChanged || cmp.Diff(details("changed", "deleted", "versions", "2"), last.Details) != "" {
		t.Errorf("written down: %+v", last)
	}
}

// erasedFromDatasets: whoever asks to be erased is in no version any more, neither by
// their feedback nor by an answer that was theirs, and in none that is being built.
func erasedFromDatasets(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	d, e := datasetOf(p, "d", heed.ForTraining), datasetOf(p, "e", heed.ForTraining)
	must(t, c.CreateDataset(acting(t), d), c.CreateDataset(acting(t), e))
	marks := []heed.DatasetMark{markOf(p, 0, heed.ForTraining), markOf(p, 1, heed.ForTraining)}
	_, err := c.Mark(acting(t), marks)
	must(t, err)
	with := built(t, c, d, marks...)
	answered, err := c.BeginVersion(acting(t), heed.DatasetVersion{Project: p.ID, Dataset: e.ID, BegunAt: birth.Add(2 * time.Hour)})
	must(t, err)
	items := itemsOf(marks[1:])
	items[0].People = append(items[0].People, someone(1)) // who asked
	must(t, c.KeepItems(acting(t), answered, items), c.FinishVersion(acting(t), finished(answered, 1)))
	building, err := c.BeginVersion(acting(t), heed.DatasetVersion{Project: p.ID, Dataset: e.ID, BegunAt: birth.Add(2 * time.Hour)})
	must(t, err)
	must(t, c.KeepItems(acting(t), building, items))

	at := birth.Add(6 * time.Hour)
	must(t, c.CreateErasure(acting(t), heed.Erasure{ID: "era_1", Project: p.ID, Respondents: []heed.Respondent{someone(1)}, RequestedAt: at}))
	wantVersion(t, c, "with their feedback", with.Stale(heed.EndErased, at), 0)
	wantVersion(t, c, "with their answer", finished(answered, 1).Stale(heed.EndErased, at), 0)
	wantCode(t, "one that was being built", heed.Conflict, c.FinishVersion(acting(t), finished(building, 1)))
	left, err := c.MarksOf(t.Context(), p.ID, "fb_0000", "fb_0001")
	must(t, err)
	if diff := cmp.Diff(marks[1:], left); diff != "" {
		t.Errorf("marks that are left (-want +got):\n%s", diff)
	}
	must(t, c.KeepItems(acting(t), building, itemsOf(marks[1:])), c.FinishVersion(acting(t), finished(building, 1)))
	wantVersion(t, c, "without them", finished(building, 1), 1)
	// What they gave since is another matter.
	late := markOf(p, 2, heed.ForTraining)
	late.Respondent, late.Given = someone(1), at.Add(time.Second)
	_, err = c.Mark(acting(t), []heed.DatasetMark{late})
	must(t, err)
	must(t, c.FinishErasure(acting(t), heed.Erasure{ID: "era_1", Project: p.ID, DoneAt: at.Add(time.Minute), Receipt: []byte("{}")}))
	if left, err = c.MarksOf(t.Context(), p.ID, late.Feedback); err != nil || len(left) != 1 {
		t.Errorf("what was given since: %v, %v", left, err)
	}
}

// attachedInDatasets: an attachment that ends, or is not what its feedback is marked
// with any more, ends the versions that have it.
func attachedInDatasets(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	d := datasetOf(p, "d", heed.ForEvaluation)
	must(t, c.CreateDataset(acting(t), d))
	m := markOf(p, 0, heed.ForEvaluation)
	a := attached(p, m.Feedback, 1)
	m.Attachment = a.ID
	must(t, c.CreateAttachment(acting(t), a, []byte("sealed")))
	_, err := c.Mark(acting(t), []heed.DatasetMark{m})
	must(t, err)
	first := built(t, c, d, m)
	without := m
	without.Attachment, without.At = "", birth.Add(7*time.Hour)
	_, err = c.Mark(acting(t), []heed.DatasetMark{without})
	must(t, err)
	wantVersion(t, c, "marked without it", first.Stale(heed.EndUnmarked, without.At), 0)
	_, err = c.Mark(acting(t), []heed.DatasetMark{m})
	must(t, err)
	second := built(t, c, d, m)
	must(t, c.EndAttachment(t.Context(), p.ID, a.ID, birth.Add(8*time.Hour), heed.FateWithdrawn))
	wantVersion(t, c, "withdrawn", second.Stale(heed.EndWithdrawn, birth.Add(8*time.Hour)), 0)
	if left, err := c.MarksOf(t.Context(), p.ID, m.Feedback); err != nil || len(left) > 0 {
		t.Errorf("marks that are left: %v, %v", left, err)
	}
}
