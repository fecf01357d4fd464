package command

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
)

func at(conversation, question, answer string) place {
	return place{project: "prj_1", conversation: conversation, question: printsOf(question).exact, answer: printsOf(answer)}
}

func TestIndexFindsTheNewest(t *testing.T) {
	x := testIndex(t, DefaultLimits())
	x.add(at("", "Hi", "Hello!"), "r-1", "")
	x.add(at("", "Hey", "Hello!"), "r-2", "")
	x.add(at("c", "Hi", "Hello!"), "r-3", "")
	x.add(at("d", "Hi", "Hello!"), "r-4", "")
	x.add(at("c", "List", "1. a\n2. b"), "r-5", "")
	other := at("", "Hi", "Hello!")
	other.project = "prj_2"
	for name, c := range map[string]struct {
		at   place
		want heed.ResponseID
	}{
		"the answer":                     {at("", "", "Hello"), "r-4"},
		"the answer to the question":     {at("", "Hey", "**Hello**"), "r-2"},
		"the answer in its conversation": {at("c", "Hi", "Hello"), "r-3"},
		"in an unknown conversation":     {at("e", "Hey", "Hello"), "r-2"},
		"a list without its numbers":     {at("", "List", "a b"), "r-5"},
		"another answer":                 {at("", "Hi", "Bye"), ""},
		"no answer":                      {at("c", "Hi", ""), ""},
		"another project":                {other, ""},
	} {
		if got, ok := x.find(c.at); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for n, want := range map[int]heed.ResponseID{1: "r-5", 2: "r-3", 3: ""} {
		if got, _ := x.inConversation("prj_1", "c", n); got != want {
			t.Errorf("answer %d of the conversation is %q, want %q", n, got, want)
		}
	}
	if got, ok := x.inConversation("prj_1", "", 1); ok {
		t.Errorf("no conversation holds %q", got)
	}
}

func TestIndexFollowsResponses(t *testing.T) {
	x := testIndex(t, DefaultLimits())
	x.add(at("", "Hi", "Hello"), "r-1", "")
	x.add(place{project: "prj_1"}, "r-2", "r-1") // called a tool
	x.add(at("", "Weather?", "Rain"), "r-3", "r-2")
	for id, want := range map[heed.ResponseID]heed.ResponseID{"r-3": "r-1", "r-1": "", "r-9": ""} {
		if got, _ := x.before("prj_1", id); got != want {
			t.Errorf("before %s comes %q, want %q", id, got, want)
		}
	}
	if got, ok := x.before("prj_2", "r-3"); ok {
		t.Errorf("another project learns of %q", got)
	}
}

func TestIndexForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := testIndex(t, Limits{Answers: 3, Age: time.Hour})
		for n := range 5 {
			x.add(at("c", "Hi", fmt.Sprint("Answer ", n)), heed.ResponseID(fmt.Sprint("r-", n)), "")
		}
		if id, ok := x.find(at("", "Hi", "Answer 1")); ok {
			t.Errorf("%s is remembered among 3 after 3 others", id)
		}
		if id, _ := x.find(at("", "Hi", "Answer 2")); id != "r-2" {
			t.Errorf("the third of 3 is %q", id)
		}
		if id, _ := x.inConversation("prj_1", "c", 3); id != "r-2" {
			t.Errorf("the third of the conversation is %q", id)
		}
		if id, ok := x.inConversation("prj_1", "c", 4); ok {
			t.Errorf("%s is the fourth of 3", id)
		}
		if len(x.last) != 3*4+1 {
			t.Errorf("%d hashes are kept of 3 answers", len(x.last))
		}
		time.Sleep(time.Hour)
		if id, ok := x.find(at("", "Hi", "Answer 4")); ok {
			t.Errorf("%s is remembered after an hour", id)
		}
	})
}

// Answers come and commands ask at once, while answers are forgotten.
func TestIndexAtOnce(t *testing.T) {
	x := testIndex(t, Limits{Answers: 16, Age: time.Hour})
	var wg sync.WaitGroup
	for writer := range 8 {
		wg.Go(func() {
			conversation, before := fmt.Sprint("c-", writer%2), heed.ResponseID("")
			for n := range 500 {
				id, answer := heed.ResponseID(fmt.Sprint(writer, "-", n)), at(conversation, "Hi", fmt.Sprint("Answer ", n%20))
				x.add(answer, id, before)
				before = id
				x.find(answer)
				x.inConversation("prj_1", conversation, n%20)
				x.before("prj_1", id)
			}
		})
	}
	wg.Wait()
	if len(x.last) > 16*ways {
		t.Errorf("%d hashes are kept of 16 answers", len(x.last))
	}
}
