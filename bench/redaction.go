package main

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/privacy"
)

const (
	minRedaction     = 100 // MB/s
	minSlowRedaction = 20
	messageBytes     = 1024
	slowBytes        = 64 << 10
)

// slowUnits are what the searches of internal/privacy for slow texts ended at.
var slowUnits = []string{
	"1num-d.rt. -\xb0\x93 3 11.2.3.4:ß1numeru:per:1\x9310115 30049 11.2.3.4:ß",
	"1 Mari.co1.2.rue3núme(at):::(at)1 01 Mars@d:.co0x Mari\\r:::(at)1 0",
	"1 2sk- 2 3話0x 1 \xef\xbcp_\x91電話0 1 \xef\xbcghp_\x91\x91\xe90x 1 2 3 1 1 2 3 1,",
	"1-ey1Mr1-:.34 \u00ad3.4 1 2 3 1 2 3 0049",
	"^num999:RE Calle A 3 499-99-9999:SEE Calle A 3 499-99-9999:SEL 3 499-99-9999:",
}

// prose is ordinary text as people write it to an assistant: names of days and
// products, some numbers, an address of a page. ASCII, and safe within JSON.
const prose = `The second answer was much better than the first one, but it still left out the part that I asked about. ` +
	`I wanted to know how long the warranty lasts when the device was bought in another country, and the reply only ` +
	`talks about returns within 14 days. It also says that version 2.4 is the newest, which was true in spring; we have ` +
	`been on 3.1 since the beginning of October. Could you make the summary shorter next time? Two or three sentences ` +
	`would do, and please keep the table: it is the only thing that my colleagues read. When I followed the steps, the ` +
	`fourth one did not work, because the menu is called Preferences now and not Settings. On the help page at ` +
	`https://help.example.com/returns/abroad the same step is described correctly. The tone is fine, by the way: ` +
	`friendly without being chatty. For the meeting on Thursday at 10:30 I need the figures of the last three quarters, ` +
	`about 1,200 units each, with a short remark on why the north does better than the south. Last week the assistant ` +
	`mixed up the two regions and nobody noticed until the slides were sent around. That was rather embarrassing. ` +
	`Otherwise I am quite happy with it; it saves me an hour a day, mostly on letters and on looking things up. What I ` +
	`miss is a way to tell it that an answer was almost right, so that it does not start from nothing when I ask again. `

// measureRedaction redacts ordinary text with one goroutine, through the
// package: no server is in between; and texts that were made to be slow.
func measureRedaction(ctx context.Context, b *bench) ([]figure, error) {
	cleaner := privacy.NewCleaner()
	var texts []privacy.Raw
	for start := 0; start+messageBytes <= len(prose); start += 37 {
		texts = append(texts, privacy.NewRaw(prose[start:start+messageBytes]))
	}
	if len(texts) == 0 {
		return nil, errors.New("the prose is shorter than a message")
	}
	for _, text := range texts {
		if cleaner.Clean(text).Withheld() {
			return nil, errors.New("ordinary text was withheld")
		}
	}
	ordinary, err := b.redactionSpeed(ctx, cleaner, texts)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(1, 2))
	slowest := math.Inf(1)
	for _, unit := range slowUnits {
		speed, err := b.redactionSpeed(ctx, cleaner, []privacy.Raw{privacy.NewRaw(varied(unit, random))})
		if err != nil {
			return nil, err
		}
		slowest = min(slowest, speed)
	}
	return []figure{{
		what: "redaction of ordinary text in messages of 1 kB, one core", unit: mbPerSecond, value: ordinary,
		goal: goal{atLeast, minRedaction}, why: "see the benchmarks of internal/privacy for what each detector costs",
	}, {
		what: "redaction of texts of 64 kB that were made to be slow, one core, the slowest of them", unit: mbPerSecond, value: slowest,
		goal: goal{atLeast, minSlowRedaction}, why: "see the benchmarks of internal/privacy for what each detector costs",
	}}, nil
}

// redactionSpeed is the median of some rounds over the texts, in MB/s.
func (b *bench) redactionSpeed(ctx context.Context, cleaner *privacy.Cleaner, texts []privacy.Raw) (float64, error) {
	const rounds = 5
	var speeds []float64
	for range rounds {
		var cleaned int
		began := time.Now()
		for time.Since(began) < b.sizes.redactRound {
			for _, text := range texts {
				cleaner.Clean(text)
				cleaned += text.Len()
			}
		}
		speeds = append(speeds, float64(cleaned)/1e6/time.Since(began).Seconds())
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
	return median(speeds), nil
}

// varied repeats a unit with other digits every time.
func varied(unit string, random *rand.Rand) string {
	text := []byte(strings.Repeat(unit, slowBytes/len(unit)))
	for i, c := range text {
		if c >= '0' && c <= '9' {
			text[i] = '0' + byte(random.IntN(10))
		}
	}
	return string(text)
}
