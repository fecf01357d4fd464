package vault_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// inMonth returns a time in the n-th month after March 2025.
func inMonth(n int) time.Time { return time.Date(2025, time.Month(3+n), 31-28, 12, 0, 0, 0, time.UTC) }

func pseudonyms(t *testing.T, v *vault.Vault, mode heed.PseudonymMode, at time.Time) vault.Pseudonyms {
	t.Helper()
	p, err := v.Pseudonyms(t.Context(), "prj_1", mode, at)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPseudonymsOfMonths(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	first := pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(0))
	if first.Current.People == ([32]byte{}) || first.Current.Records == ([32]byte{}) || len(first.Earlier) != 0 {
		t.Fatalf("the first month: %d earlier", len(first.Earlier))
	}
	if diff := cmp.Diff([2]time.Time{time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC)},
		[2]time.Time{first.Current.From, first.Current.To}); diff != "" {
		t.Error(diff)
	}
	backup := copyOf(t, dir)
	if again := pseudonyms(t, open(t, dir), heed.PseudonymsEpoch, inMonth(0).AddDate(0, 0, 20)); again.Current != first.Current {
		t.Error("a month has two keys")
	}
	later := pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(3))
	if later.Current.People == first.Current.People || later.Current.Records != first.Current.Records {
		t.Error("a later month: the key of people must be another, that of records the same")
	}
	if diff := cmp.Diff([]vault.PseudonymKey{first.Current}, later.Earlier); diff != "" {
		t.Error("what was before:", diff)
	}
	// Each key makes the next, so that a backup comes to the same.
	if restored := pseudonyms(t, open(t, backup), heed.PseudonymsEpoch, inMonth(3)); restored.Current != later.Current {
		t.Error("a restored backup makes other keys")
	}
	// A clock that went back finds the key it had.
	if back := pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(0)); back.Current != first.Current || len(back.Earlier) != 1 {
		t.Error("the clock went back, and the key is another")
	}
	other, err := v.Pseudonyms(t.Context(), "prj_2", heed.PseudonymsEpoch, inMonth(0))
	if err != nil || other.Current.People == first.Current.People || other.Current.Records == first.Current.Records {
		t.Errorf("two projects share a key (%v)", err)
	}
}

func TestPseudonymsOfOtherModes(t *testing.T) {
	v := open(t, t.TempDir())
	stable := pseudonyms(t, v, heed.PseudonymsStable, inMonth(0))
	if stable.Current.People == ([32]byte{}) || stable.Current.People != stable.Current.Records || !stable.Current.To.IsZero() {
		t.Error("a stable key makes everything, and has no end")
	}
	month := pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(1))
	want := stable.Current
	want.To = time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)
	if diff := cmp.Diff([]vault.PseudonymKey{want}, month.Earlier); diff != "" {
		t.Error("stable once:", diff)
	}
	again := pseudonyms(t, v, heed.PseudonymsStable, inMonth(2))
	if diff := cmp.Diff(vault.Pseudonyms{Current: stable.Current, Earlier: []vault.PseudonymKey{month.Current}}, again); diff != "" {
		t.Error("stable again:", diff)
	}
	day := pseudonyms(t, v, heed.PseudonymsEphemeral, inMonth(3))
	if day.Current.People != ([32]byte{}) || day.Current.Records != month.Current.Records || len(day.Earlier) != 2 {
		t.Errorf("ephemeral: %d earlier", len(day.Earlier))
	}
}

// run has Heed run through months, and returns when the keys of which ended.
func run(t *testing.T, v *vault.Vault, mode heed.PseudonymMode, from, to int) map[int][]string {
	t.Helper()
	ended := map[int][]string{}
	for n := from; n <= to; n++ {
		pseudonyms(t, v, mode, inMonth(n))
		months, err := v.EndPseudonyms(t.Context(), "prj_1", 2, inMonth(n))
		if err != nil {
			t.Fatal(err)
		}
		if len(months) > 0 {
			ended[n] = months
		}
	}
	return ended
}

func TestEndPseudonyms(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	pseudonyms(t, v, heed.PseudonymsStable, inMonth(0))
	stable := wrappedKeys(t, dir, "prj_1")["stable:0000-00"]
	got := run(t, v, heed.PseudonymsEpoch, 0, 5)
	want := map[int][]string{3: {"2025-03", "2025-03"}, 4: {"2025-04"}, 5: {"2025-05"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ended (-want +got):\n%s", diff)
	}
	left := pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(5))
	if len(left.Earlier) != 2 {
		t.Errorf("%d earlier keys, want 2", len(left.Earlier))
	}
	wantNowhere(t, dir, [][]byte{stable})
}

func TestPseudonymsInUseDoNotEnd(t *testing.T) {
	v := open(t, t.TempDir())
	if got := run(t, v, heed.PseudonymsStable, 0, 12); len(got) != 0 {
		t.Errorf("ended: %v", got)
	}
}

// A rotation keeps the keys of pseudonyms; the end of a project ends them.
func TestPseudonymsAndProjectKeys(t *testing.T) {
	v := open(t, t.TempDir())
	before := pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(0))
	if _, err := v.RotateProject(t.Context(), "prj_1"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(0))); diff != "" {
		t.Error("rotated:", diff)
	}
	generation, err := v.Generation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := v.ShredProject(t.Context(), "prj_1"); err != nil {
		t.Fatal(err)
	}
	if now, err := v.Generation(t.Context()); err != nil || now == generation {
		t.Errorf("nobody is told (%v)", err)
	}
	after := pseudonyms(t, v, heed.PseudonymsEpoch, inMonth(0))
	if after.Current.People == before.Current.People || after.Current.Records == before.Current.Records || len(after.Earlier) != 0 {
		t.Error("a key outlived the project's")
	}
}
