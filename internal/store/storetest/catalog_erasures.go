package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

func erasures(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	p := project("p")
	if err := catalog.CreateProject(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	first := heed.Erasure{
		ID: "era_1", Project: p.ID, Respondents: []heed.Respondent{{1, 2}, {1, 3}}, RequestedAt: birth, Found: heed.Held{Feedback: 3, Responses: 2, Attachments: 1},
	}
	second := first
	second.ID, second.RequestedAt = "era_2", birth.Add(time.Second)
	for _, e := range []heed.Erasure{second, first, first} { // the second time nothing happens
		if err := catalog.CreateErasure(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	wantPending := func(want ...heed.Erasure) {
		t.Helper()
		got, err := catalog.PendingErasures(t.Context(), heed.Erasure{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append([]heed.Erasure{}, want...), got); diff != "" {
			t.Errorf("pending (-want +got):\n%s", diff)
		}
	}
	wantPending(first, second)
	first.DoneAt, first.Receipt = birth.Add(time.Minute), []byte(`{"statement":{}}`)
	if err := catalog.FinishErasure(ctx, first); err != nil {
		t.Fatal(err)
	}
	wantPending(second)
	wantCode(t, "finish it again", heed.NotFound, catalog.FinishErasure(ctx, first))
	got, err := catalog.Erasure(t.Context(), p.ID, "era_1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, got); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
	ids, err := catalog.ErasureIDs(t.Context())
	slices.Sort(ids)
	if diff := cmp.Diff([]string{"era_1", "era_2"}, ids); diff != "" || err != nil {
		t.Errorf("ids of all (-want +got):\n%s (%v)", diff, err)
	}
	_, err = catalog.Erasure(t.Context(), "prj_other", "era_1")
	wantCode(t, "an erasure of another project", heed.NotFound, err)
	for _, c := range []struct {
		project heed.ProjectID
		limit   int
		list    []heed.Erasure
		count   heed.ErasureCount
	}{
		{p.ID, 10, []heed.Erasure{second, first}, heed.ErasureCount{Done: 1, Pending: 1}},
		{p.ID, 1, []heed.Erasure{second}, heed.ErasureCount{Done: 1, Pending: 1}},
		{"prj_other", 10, []heed.Erasure{}, heed.ErasureCount{}},
	} {
		listed, err := catalog.ListErasures(t.Context(), c.project, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.list, listed); diff != "" {
			t.Errorf("%d erasures of %s (-want +got):\n%s", c.limit, c.project, diff)
		}
		count, err := catalog.CountErasures(t.Context(), c.project)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.count, count); diff != "" {
			t.Errorf("erasures of %s (-want +got):\n%s", c.project, diff)
		}
	}
}
