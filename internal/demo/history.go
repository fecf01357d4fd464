// Package demo makes up a believable past for a product with two AI features,
// so that a new Heed has something to show: a prompt version that made answers
// worse and the one that repaired it, a bad afternoon at a provider, people who
// vote, comment, change their minds and take things back.
package demo

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// History is a made-up past that ends at a moment. The same seed, end and
// number of days make the same events, with ids of their own, so that taking
// it in again changes nothing.
type History struct {
	Seed uint64
	End  time.Time
	Days int

	// FirstClick is the id of one more answer just before the end, which
	// nobody has rated yet; none if empty.
	FirstClick heed.ResponseID
}

// The product's rhythm.
const (
	weekdayAnswers = 820 // a day, on average
	weekendShare   = 0.45
	people         = 400
)

// brokenDay and repairedDay are how many days before the end prompt v13 made
// answers worse and v14 repaired it.
const (
	brokenDay   = 45
	repairedDay = 24
)

// incidentDay is how many days before the end a provider had a bad afternoon.
const incidentDay = 17

// Batches yields the items of each day, oldest first.
func (h History) Batches() iter.Seq[[]capture.Item] {
	return func(yield func([]capture.Item) bool) {
		start := h.End.Truncate(24*time.Hour).AddDate(0, 0, -h.Days)
		for day := 0; day <= h.Days; day++ {
			d := &dayWriter{
				history: h, day: day, start: start.AddDate(0, 0, day),
				random: rand.New(rand.NewPCG(h.Seed, uint64(day))),
			}
			if items := d.write(); len(items) > 0 && !yield(items) {
				return
			}
		}
		if h.FirstClick != "" {
			last := &dayWriter{history: h, day: h.Days, random: rand.New(rand.NewPCG(h.Seed, math.MaxUint64))}
			r := last.response(string(h.FirstClick), heed.Instant(h.End.Add(-time.Minute)))
			said := last.talk(r, true, nil)
			said.describe(r, slots(said.random))
			yield([]capture.Item{{Response: r}})
		}
	}
}

// dayWriter makes the items of one day.
type dayWriter struct {
	history History
	day     int // from the start
	start   time.Time
	random  *rand.Rand
	items   []capture.Item
	made    int // responses so far
}

func (d *dayWriter) write() []capture.Item {
	for i, c := range changes() {
		if d.history.Days-d.day == c.daysBeforeEnd {
			at := d.start.Add(9 * time.Hour)
			if at.Before(d.history.End) {
				d.items = append(d.items, capture.Item{Change: &capture.Change{
					Change: heed.Change{ID: fmt.Sprintf("demo-change-%d", i), Name: c.name, Value: c.value, Time: at},
					Note:   privacy.NewRaw(c.note),
				}})
			}
		}
	}
	answers := float64(weekdayAnswers)
	if weekday := d.start.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		answers *= weekendShare
	}
	answers *= 0.9 + 0.2*d.random.Float64()
	for hour := range 24 {
		for range int(math.Round(answers * hourShare(hour))) {
			at := d.start.Add(time.Duration(hour)*time.Hour + time.Duration(d.random.Int64N(int64(time.Hour))))
			if at.Before(d.history.End.Add(-time.Minute)) {
				d.answer(heed.Instant(at))
			}
		}
	}
	return d.items
}

// hourShare is the part of a day's answers that falls into an hour (UTC): a
// working day in Europe with a long tail to the west.
func hourShare(hour int) float64 {
	shares := [24]float64{
		1, 1, 1, 1, 2, 3, 5, 8, 11, 12, 12, 11, 9, 11, 12, 12, 11, 9, 7, 6, 5, 4, 3, 2,
	}
	return shares[hour] / 159
}

// change is a change of the product that the history tells of.
type change struct {
	daysBeforeEnd     int
	name, value, note string
}

func changes() []change {
	return []change{
		{brokenDay, "prompt", "v13", "Shorter answers, fewer questions back"},
		{repairedDay, "prompt", "v14", "Asks back again when the order number is missing; fixes what v13 broke"},
		{31, "release", "2026.10", "New document search index"},
		{agentDay, "release", "2026.11", "Document search is an agent now: it looks things up first"},
		{12, "model", "aurora-2-mini", "A fifth of document answers moves to the smaller model"},
	}
}

// promptVersion is the version in force on a day.
func (d *dayWriter) promptVersion() string {
	switch left := d.history.Days - d.day; {
	case left > brokenDay:
		return "v12"
	case left > repairedDay:
		return "v13"
	default:
		return "v14"
	}
}

// answer makes one response and what people did with it.
func (d *dayWriter) answer(at time.Time) {
	d.made++
	id := fmt.Sprintf("demo-%d-%04d", d.start.Unix()/86400, d.made)
	r := d.response(id, at)
	if d.byAgent(r) {
		d.run(r)
	}
	d.items = append(d.items, capture.Item{Response: r})
	if r.Environment != "production" {
		return
	}
	if d.random.Float64() < 0.92 {
		d.signal(id, heed.SignalShown, at.Add(duration(r)))
		d.engage(id, r, at.Add(duration(r)))
	}
}

func duration(r *capture.Response) time.Duration {
	return time.Duration(*r.DurationMS * float64(time.Millisecond))
}

func (d *dayWriter) response(id string, at time.Time) *capture.Response {
	r := &capture.Response{User: privacy.NewRaw(d.person())}
	r.ID, r.Time = heed.ResponseID(id), at
	r.Operation, r.Environment, r.Status = "chat", "production", heed.StatusOK
	r.FinishReason = "stop"
	if d.random.Float64() < 0.03 {
		r.Environment = "staging"
	}
	r.Release = "2026.09"
	if d.history.Days-d.day <= 31 {
		r.Release = "2026.10"
	}
	if d.history.Days-d.day < agentDay {
		r.Release = "2026.11"
	}
	m := d.model(r)
	length := 60 + int64(d.random.ExpFloat64()*180)
	input := 300 + int64(d.random.ExpFloat64()*900)
	ttft := m.ttft * math.Exp(0.45*d.random.NormFloat64())
	total := ttft + float64(length)*m.perToken*math.Exp(0.25*d.random.NormFloat64())
	cost := (float64(input)*m.inputUSD + float64(length)*m.outputUSD) / 1e6
	r.InputTokens, r.OutputTokens, r.CostUSD = &input, &length, &cost
	r.TTFTMS, r.DurationMS = &ttft, &total
	d.fail(r, at)
	return r
}

// model is what an answer was made with: typical times in milliseconds and
// prices in USD for a million tokens.
type model struct {
	provider, name      string
	ttft, perToken      float64
	inputUSD, outputUSD float64
}

// model chooses feature, prompt and model.
func (d *dayWriter) model(r *capture.Response) model {
	large := model{"northwind", "aurora-2", 620, 14, 2.5, 10}
	small := model{"northwind", "aurora-2-mini", 310, 6, 0.4, 1.6}
	other := model{"lumen", "sol-4", 840, 11, 3, 12}
	chosen := large
	if d.random.Float64() < 0.6 {
		r.Feature, r.PromptName, r.PromptVersion = "support-chat", "support", d.promptVersion()
		if d.random.Float64() < 0.15 {
			chosen = other
		}
	} else {
		r.Feature, r.PromptName, r.PromptVersion = "doc-search", "documents", "v5"
		if d.history.Days-d.day <= 12 && d.random.Float64() < 0.2 {
			chosen = small
		}
	}
	r.Provider, r.Model = chosen.provider, chosen.name
	return chosen
}

// failure is a way in which an answer fails, with the provider's own code.
type failure struct {
	kind heed.ErrorType
	code string
}

// fail lets a few answers fail, and many on the bad afternoon.
func (d *dayWriter) fail(r *capture.Response, at time.Time) {
	rate, ways := 0.012, []failure{
		{"timeout", "408"}, {"server_error", "500"}, {"context_length", "context_length_exceeded"},
		{"content_filter", "content_filter"}, {"rate_limit", "429"},
	}
	if d.history.Days-d.day == incidentDay && at.Hour() >= 13 && at.Hour() < 16 && r.Provider == "northwind" {
		rate, ways = 0.35, []failure{{"overloaded", "529"}, {"rate_limit", "429"}}
	}
	if d.random.Float64() >= rate {
		return
	}
	way := ways[d.random.IntN(len(ways))]
	r.Status, r.ErrorType, r.ErrorCode, r.FinishReason = heed.StatusError, way.kind, way.code, "error"
	r.OutputTokens, r.TTFTMS = nil, nil
}

// person picks somebody; a few come far more often than most.
func (d *dayWriter) person() string {
	return fmt.Sprintf("demo-user-%03d", int(float64(people)*math.Pow(d.random.Float64(), 1.8)))
}

func (d *dayWriter) signal(response, name string, at time.Time) {
	if !at.Before(d.history.End) {
		return
	}
	d.items = append(d.items, capture.Item{Signal: &heed.Signal{
		ID: response + "-" + name, ResponseID: heed.ResponseID(response), Name: name, Time: heed.Instant(at),
	}})
}
