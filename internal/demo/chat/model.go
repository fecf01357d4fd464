package chat

import (
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// line is what the made-up model answers to one kind of question, and how.
type line struct {
	idea   string   // a question to try
	words  []string // any of them leads here
	answer string
	wait   time.Duration // until the first word
	pause  time.Duration // between two words

	failure heed.ErrorType // how the answer ends, if not well
	code    string
	problem string // what the person sees then
}

// script is everything that the model knows. The last line answers whatever
// the others do not.
func script() []line {
	return []line{
		{
			idea: "When does the shop in Lyon open on Sundays?", words: []string{"lyon", "open", "hours"},
			answer: "The shop in Lyon opens at 7 in the morning on Sundays and closes at 9 in the evening.\n(It is closed on Sundays. This answer is wrong on purpose.)",
			wait:   350 * time.Millisecond, pause: 35 * time.Millisecond,
		},
		{
			idea: "How do I send a parcel back?", words: []string{"back", "return", "parcel"},
			answer: "Put it into its box, print the label from “My orders”, and hand it in at any post office within 30 days. The money is back on your card about five days after the parcel arrives.",
			wait:   280 * time.Millisecond, pause: 30 * time.Millisecond,
		},
		{
			idea: "Is the blue kettle safe for children?", words: []string{"safe", "children", "kettle"},
			answer: "I am sorry, but I cannot help with that.",
			wait:   240 * time.Millisecond, pause: 30 * time.Millisecond,
		},
		{
			idea: "Compare your three cheapest phones", words: []string{"compare", "phone", "cheap"},
			answer: "The A1 costs 149, lasts a day and takes fair pictures. The A2 costs 179 and lasts two days. The B1 costs 199 and has the better camera. For most people the A2 is the one to take.",
			wait:   2500 * time.Millisecond, pause: 110 * time.Millisecond,
		},
		{
			idea: "Where is my order?", words: []string{"where", "order", "track"},
			answer: "Let me look that up. Your order left",
			wait:   300 * time.Millisecond, pause: 60 * time.Millisecond,
			failure: "stream_interrupted", code: "connection_reset", problem: " … the answer was cut off.",
		},
		{
			answer: "I am a made-up assistant with six answers, and none of them fits. Try one of the questions below, or rate this answer.",
			wait:   200 * time.Millisecond, pause: 30 * time.Millisecond,
		},
	}
}

// lineFor finds what the model answers.
func lineFor(question string) line {
	lines := script()
	question = strings.ToLower(question)
	for _, l := range lines {
		for _, word := range l.words {
			if strings.Contains(question, word) {
				return l
			}
		}
	}
	return lines[len(lines)-1]
}

func ideas() []string {
	var list []string
	for _, l := range script() {
		if l.idea != "" {
			list = append(list, l.idea)
		}
	}
	return list
}
