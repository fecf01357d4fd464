package crowd_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/heed-ai/heed/internal/crowd"
	"github.com/heed-ai/heed/internal/query"
)

// BenchmarkGather binds eight weeks of a hundred thousand votes of twenty thousand
// people.
func BenchmarkGather(b *testing.B) {
	chance := rand.New(rand.NewPCG(1, 2))
	var voices []query.Voice
	for range 100_000 {
		v := up(chance.IntN(20_000), chance.IntN(56), fmt.Sprint("m", chance.IntN(20)))
		voices = append(voices, v)
	}
	inOrder(voices)
	b.ReportAllocs()
	for b.Loop() {
		crowd.Gather(voices, 5, later)
	}
}
