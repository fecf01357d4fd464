package demo

import (
	"math/rand/v2"
	"testing"

	"github.com/heed-ai/heed"
)

// Whatever people say was wrong, there is an answer that is wrong in this way, what
// they may write about it, and what it should have said.
func TestTopicsHaveEveryFault(t *testing.T) {
	for feature, topics := range map[string][]topic{"support-chat": supportTopics(), "doc-search": searchTopics()} {
		for _, tag := range heed.DefaultTags() {
			for seed := range uint64(50) {
				of, f := pickFault(rand.New(rand.NewPCG(1, seed)), topics, tag, false)
				if f.answer == "" || f.answer == of.answer || len(f.complaints) == 0 {
					t.Errorf("%s: %q is %s by %q, with %d complaints", feature, of.question, tag, f.answer, len(f.complaints))
				}
			}
		}
		for _, of := range topics {
			if of.question == "" || of.answer == "" || len(of.praise) == 0 || len(of.earlier)%2 != 0 {
				t.Errorf("%s: %q is not whole", feature, of.question)
			}
			for _, f := range of.faults {
				if f.invents && f.tag != "incorrect" {
					t.Errorf("%s: %q invents and is %s", feature, of.question, f.tag)
				}
			}
		}
	}
	if of, f := pickFault(rand.New(rand.NewPCG(1, 2)), supportTopics(), "incorrect", true); !f.invents {
		t.Errorf("prompt v13 answers %q with %q", of.question, f.answer)
	}
}
