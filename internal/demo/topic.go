package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// topic is one thing that people ask. Slots in braces are filled; some questions,
// answers and comments hold an address, a number or a key, as they do in life, so
// that redaction has something to show.
type topic struct {
	language string   // English if empty
	earlier  []string // what was said before: a question, its answer, …
	question string
	answer   string // a good one
	asks     bool   // the good answer asks back, which prompt v13 may not
	praise   []string
	faults   []fault
}

// mostly lets people come to what they ask in English more often than to the rest.
func mostly(english, abroad []topic) []topic { return slices.Concat(english, english, abroad) }

// fault is a way in which the answer to a topic may be worse.
type fault struct {
	tag        string
	invents    bool   // it says what nobody told it, as prompt v13 does
	answer     string // the worse one
	complaints []string
	correction string // by default the good answer
}

// talk is a question and its answer, and what people may say of it.
type talk struct {
	messages    []message
	answer      string // empty where it never came
	comments    []string
	corrections []string
	random      *rand.Rand
}

// message is one of a conversation, in the shape that providers take.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// talk makes up what an answer was about that people took well, or badly for what
// the first tag says. It draws from a source of its own: how much people do does
// not hang on what they speak of.
func (d *dayWriter) talk(r *capture.Response, good bool, tags []string) talk {
	random := rand.New(rand.NewPCG(^d.history.Seed, uint64(d.day)<<32+uint64(d.made)))
	topics := supportTopics()
	if r.Feature == "doc-search" {
		topics = searchTopics()
	}
	if r.Status == heed.StatusError {
		t := pick(random, topics)
		if good {
			return t.talk(random, "", wordsIn(t.language).late, "")
		}
		return t.talk(random, "", wordsIn(t.language).broken, t.answer)
	}
	short := r.PromptVersion == "v13"
	if good {
		t := pick(random, slices.DeleteFunc(topics, func(t topic) bool { return t.asks && short }))
		return t.talk(random, t.answer, t.praise, "")
	}
	t, f := pickFault(random, topics, tags[0], short && tags[0] == "incorrect")
	if f.correction == "" {
		f.correction = t.answer
	}
	return t.talk(random, f.answer, f.complaints, f.correction)
}

// pickFault picks one that a tag names, and its topic.
func pickFault(random *rand.Rand, topics []topic, tag string, invents bool) (topic, fault) {
	type pair struct {
		of topic
		fault
	}
	var pairs []pair
	for _, t := range topics {
		for _, f := range append(t.faults, wordsIn(t.language).faults(t)...) {
			if f.tag == tag && f.invents == invents {
				pairs = append(pairs, pair{t, f})
			}
		}
	}
	p := pick(random, pairs)
	return p.of, p.fault
}

func (t topic) talk(random *rand.Rand, answer string, comments []string, correction string) talk {
	said := talk{answer: answer, comments: comments, corrections: []string{correction}, random: random}
	for i, text := range append(slices.Clone(t.earlier), t.question) {
		said.messages = append(said.messages, message{[]string{"user", "assistant"}[i%2], text})
	}
	return said
}

// describe puts the conversation into a response.
func (t talk) describe(r *capture.Response, slots *strings.Replacer) {
	messages := slices.Clone(t.messages)
	for i := range messages {
		messages[i].Content = slots.Replace(messages[i].Content)
	}
	var input bytes.Buffer
	encoder := json.NewEncoder(&input)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(messages) // strings always become JSON
	r.Input, r.Output = privacy.NewRaw(strings.TrimSpace(input.String())), privacy.NewRaw(slots.Replace(t.answer))
}

// slots fills what differs from one person to the next.
func slots(random *rand.Rand) *strings.Replacer {
	return strings.NewReplacer(
		"{order}", fmt.Sprintf("A-%05d", random.IntN(100_000)),
		"{name}", fmt.Sprintf("user%d", random.IntN(900)),
		"{phone}", fmt.Sprintf("+49 30 901820%02d", random.IntN(100)),
		"{version}", fmt.Sprintf("%d.%d", 2+random.IntN(4), random.IntN(10)),
		"{page}", fmt.Sprintf("%d", 2+random.IntN(80)),
	)
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }
