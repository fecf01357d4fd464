package langfuse

import (
	"fmt"
	"testing"
)

func TestRepeatsAreBounded(t *testing.T) {
	r := newRepeats()
	of := func(n int) digest { return digestOf("prj_1", fmt.Append(nil, n)) }
	for i := range maxRepeats + 10 {
		r.add(of(i))
		r.add(of(i))
	}
	if len(r.taken) != maxRepeats || len(r.order) != maxRepeats {
		t.Errorf("%d are remembered in an order of %d", len(r.taken), len(r.order))
	}
	for n, want := range map[int]bool{0: false, 9: false, 10: true, maxRepeats: true, maxRepeats + 9: true, maxRepeats + 10: false} {
		if r.has(of(n)) != want {
			t.Errorf("%d is remembered: %v, want %v", n, !want, want)
		}
	}
	if r.has(digestOf("prj_2", fmt.Append(nil, 20))) {
		t.Error("another project's event counts as taken")
	}
}
