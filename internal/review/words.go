package review

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// enough is how many votes a share takes: with fewer there are only counts.
const enough = 10

func escapeQuery(text string) string { return url.QueryEscape(text) }
func escapePath(text string) string  { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// amount is a number with its thousands apart: 57,310.
func amount(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// of counts something: "1 vote", "1,774 votes".
func of(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return amount(n) + " " + many
}

func votesOf(n int64) string { return of(n, "vote", "votes") }

// percent is a share with the digits that its size deserves: 81 %, 3.1 %, 0.42 %.
func percent(share float64) string { return bare(share) + " %" }

func bare(share float64) string {
	x := share * 100
	digits := 2
	switch {
	case x == 0 || x >= 10:
		digits = 0
	case x >= 1:
		digits = 1
	}
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// rated says a share with what it rests on, or only counts where that is too
// little.
func rated(s heed.ReviewShare) string {
	if s.FewerThan > 0 {
		return fewer(s.FewerThan)
	}
	if s.Of < enough {
		return fmt.Sprintf("%s of %s", amount(s.Part), amount(s.Of))
	}
	return percent(*s.Share)
}

// ranged says a share with its interval, which stays together on a line.
func ranged(s heed.ReviewShare) string {
	if s.Of < enough {
		return rated(s)
	}
	text := strings.ReplaceAll(fmt.Sprintf("%s (%s to %s)", percent(*s.Share), bare(s.Low), percent(s.High)), " ", "\u00a0")
	return strings.Replace(text, "\u00a0(", " (", 1) // a line ends here, if it must
}

// points says how far a share moved, by the size of both ends: "by 3 to 7 points".
func points(low, high float64) string {
	a, b := 100*low, 100*high
	if a < 0 {
		a, b = -b, -a
	}
	format := func(x float64) string {
		if x >= 10 || x == 0 {
			return strconv.FormatFloat(x, 'f', 0, 64)
		}
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	if format(a) == format(b) {
		return "by " + format(a) + " points"
	}
	return "by " + format(a) + " to " + format(b) + " points"
}

// signed is a difference in points: +3.1, −2.
func signed(x float64) string {
	text := strconv.FormatFloat(100*x, 'f', 1, 64)
	if strings.HasPrefix(text, "-") {
		return "−" + text[1:]
	}
	return "+" + text
}

// tagged is what a tag is called.
func tagged(tag string) string {
	names := map[string]string{
		"incorrect": "Wrong or made up", "not_asked": "Not what I asked", "incomplete": "Incomplete or shallow", "outdated_source": "Out of date or bad source",
		"style_format": "Too long, unclear or badly formatted", "refused": "Refused for no good reason", "unsafe": "Harmful, biased or private", "broken": "Slow, error or stuck",
	}
	if name, ok := names[tag]; ok {
		return name
	}
	return strings.ReplaceAll(tag, "_", " ")
}

// named is what a machine's name is called.
func named(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	if words == "" {
		return "not known"
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// valued is a value of a dimension.
func valued(value string) string {
	if value == "" {
		return "not known"
	}
	return value
}

// milliseconds says a duration: 440 ms, 2.1 s.
func milliseconds(ms *float64) string {
	switch {
	case ms == nil:
		return "–"
	case *ms < 1000:
		return strconv.FormatFloat(*ms, 'f', 0, 64) + " ms"
	case *ms < 10_000:
		return strconv.FormatFloat(*ms/1000, 'f', 1, 64) + " s"
	}
	return strconv.FormatFloat(*ms/1000, 'f', 0, 64) + " s"
}

// money says an amount of dollars: $0.0054, $2.10, $1,221.
func money(usd *float64) string {
	switch {
	case usd == nil:
		return "–"
	case *usd >= 100:
		return "$" + amount(int64(*usd+0.5))
	case *usd >= 1:
		return "$" + strconv.FormatFloat(*usd, 'f', 2, 64)
	}
	return "$" + strconv.FormatFloat(*usd, 'g', 2, 64)
}

func onDay(at time.Time) string { return at.UTC().Format("2 Jan") }

// dayNamed says a day that is written down: 2026-03-31.
func dayNamed(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.Format("2 Jan 2006")
}
