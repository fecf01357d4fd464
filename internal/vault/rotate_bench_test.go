package vault_test

import (
	"testing"

	"github.com/heed-ai/heed/internal/vault"
)

// BenchmarkRotateProject tells what a rotation costs for each key.
func BenchmarkRotateProject(b *testing.B) {
	const people = 100_000
	v := open(b, b.TempDir())
	places := make([]vault.Place, people)
	for i := range places {
		places[i] = placeOf(0)
		places[i].Respondent = [16]byte{byte(i), byte(i >> 8), byte(i >> 16), 1}
	}
	if err := v.Prepare(b.Context(), places); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.RotateProject(b.Context(), "prj_1"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*people), "µs/key")
}
