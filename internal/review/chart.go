package review

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
)

// Node is an element of SVG. Charts are trees of them, which whoever shows one
// writes or builds in their own way: text is text, and no attribute is a style, an
// address or a script.
type Node struct {
	Tag      string            `json:"tag" enum:"svg,g,path,line,rect,circle,text,title"`
	Attrs    map[string]string `json:"attrs,omitempty"`
	Text     string            `json:"text,omitempty"`
	Children []*Node           `json:"children,omitempty"`
}

func element(tag string, attrs ...string) *Node {
	n := &Node{Tag: tag, Attrs: map[string]string{}}
	for i := 0; i+1 < len(attrs); i += 2 {
		n.Attrs[attrs[i]] = attrs[i+1]
	}
	return n
}

func (n *Node) add(children ...*Node) *Node {
	n.Children = append(n.Children, children...)
	return n
}

func text(x, y float64, class, anchor, said string) *Node {
	n := element("text", "x", at(x), "y", at(y), "class", class, "text-anchor", anchor)
	n.Text = said
	return n
}

func titled(n *Node, said string) *Node {
	title := element("title")
	title.Text = said
	return n.add(title)
}

// at writes a coordinate.
func at(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

func line(x1, y1, x2, y2 float64, class string) *Node {
	return element("line", "x1", at(x1), "y1", at(y1), "x2", at(x2), "y2", at(y2), "class", class)
}

func canvas(width, height float64, label string) *Node {
	return element("svg", "viewBox", fmt.Sprintf("0 0 %s %s", at(width), at(height)), "width", "100%", "role", "img", "aria-label", label)
}

const chartWidth = 720

// scale maps shares between low and high, which are whole tenths, to a stretch.
type scale struct{ low, high, from, to float64 }

func (s scale) of(share float64) float64 {
	return s.from + (share-s.low)/(s.high-s.low)*(s.to-s.from)
}

// spanning widens what shares span to whole tenths.
func spanning(low, high, from, to float64) scale {
	low, high = math.Max(0, math.Floor(low*10)/10), math.Min(1, math.Ceil(high*10)/10)
	if high-low < .1 {
		high = low + .1
	}
	return scale{low, high, from, to}
}

// ticks are the shares at which there is a line, every tenth or every fifth.
func (s scale) ticks() []float64 {
	step := .1
	if s.high-s.low > .55 {
		step = .2
	}
	var all []float64
	for i := 0; ; i++ {
		tick := s.low + float64(i)*step
		if tick > s.high+1e-9 {
			return all
		}
		all = append(all, tick)
	}
}

// daysChart draws good votes by day, with changes marked; nil where too few days
// have votes enough.
func daysChart(d *heed.ReviewDocument) *Node {
	const left, right, top, bottom, height = 44, 8, 18, 150, 226
	days := d.Numbers.Days
	low, high, most, drawn := 1.0, 0.0, int64(1), 0
	for _, day := range days {
		n := day.Good + day.Bad
		most = max(most, n)
		if n >= enough {
			l, h := insight.Wilson(day.Good, n)
			low, high, drawn = min(low, l), max(high, h), drawn+1
		}
	}
	if drawn < 2 {
		return nil
	}
	begins := d.Before.UTC().Truncate(day)
	length := d.To.Sub(begins).Hours() / 24
	x := func(t time.Time) float64 {
		return left + (t.Sub(begins).Hours()/24)/length*(chartWidth-left-right)
	}
	y := spanning(low, high, bottom, top)
	svg := canvas(chartWidth, height, "Good votes by day")
	for _, tick := range y.ticks() {
		svg.add(line(left, y.of(tick), chartWidth-right, y.of(tick), "grid"), text(left-6, y.of(tick)+4, "axis", "end", percent(tick)))
	}
	width := math.Max(2, math.Min(18, (chartWidth-left-right)/length-3))
	for i, one := range days {
		start, err := time.Parse(time.DateOnly, one.Day)
		if err != nil {
			continue
		}
		middle := x(start.Add(12 * time.Hour))
		n := one.Good + one.Bad
		tall := float64(n) / float64(most) * 32
		svg.add(element("rect", "x", at(middle-width/2), "y", at(height-20-tall), "width", at(width), "height", at(tall), "class", "volume"))
		if (len(days) <= 16 || i%4 == 0) && middle > left && middle < chartWidth-right {
			svg.add(text(middle, height-4, "axis", "middle", start.Format("2 Jan")))
		}
		if n < enough {
			continue
		}
		class := " before"
		if !start.Before(d.From.UTC().Truncate(day)) {
			class = ""
		}
		l, h := insight.Wilson(one.Good, n)
		share := float64(one.Good) / float64(n)
		said := fmt.Sprintf("%s: %s of %s good, between %s and %s", start.Format("2 Jan"), percent(share), votesOf(n), bare(l), percent(h))
		svg.add(titled(element("g").add(line(middle, y.of(l), middle, y.of(h), "whisker"+class),
			element("circle", "cx", at(middle), "cy", at(y.of(share)), "r", "4", "class", "point"+class)), said))
	}
	svg.add(line(x(d.From), top-6, x(d.From), bottom, "border"), text(x(d.From)+4, top-8, "axis", "start", "this period"))
	return markChanges(svg, d, x, top, bottom)
}

// markChanges draws the changes of the product, those that lie too close together
// under the first's name.
func markChanges(svg *Node, d *heed.ReviewDocument, x func(time.Time) float64, top, bottom float64) *Node {
	last := math.Inf(-1)
	for i := len(d.Changes) - 1; i >= 0; i-- { // oldest first
		c := d.Changes[i]
		middle := x(c.Time)
		name := clip(strings.TrimSpace(c.Name+" "+c.Value), 22)
		svg.add(titled(line(middle, top, middle, bottom, "change"), name+", "+onDay(c.Time)))
		if middle-last > 90 {
			anchor := "start"
			if middle > chartWidth-120 {
				anchor = "end"
			}
			svg.add(text(middle, bottom+12, "change", anchor, name))
			last = middle
		}
	}
	return svg
}

// clip shortens a text to so many characters.
func clip(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// pair is a row of a chart: a share before, and one since or now.
type pair struct {
	name        string
	before, now heed.ReviewShare
	tone        string // of the later: "", " bad"
}

// pairsChart draws shares side by side; nil where none has votes enough.
func pairsChart(label string, pairs []pair) *Node {
	const left, right, top, row = 210, 76, 22, 34
	low, high, drawn := 1.0, 0.0, false
	for _, p := range pairs {
		for _, s := range []heed.ReviewShare{p.before, p.now} {
			if s.Of >= enough {
				low, high, drawn = min(low, s.Low), max(high, s.High), true
			}
		}
	}
	if !drawn {
		return nil
	}
	x := spanning(low, high, left, chartWidth-right)
	height := float64(top + row*len(pairs) + 4)
	svg := canvas(chartWidth, height, label)
	for _, tick := range x.ticks() {
		svg.add(line(x.of(tick), top-6, x.of(tick), height-4, "grid"), text(x.of(tick), top-10, "axis", "middle", percent(tick)))
	}
	for i, p := range pairs {
		middle := float64(top + row*i + row/2)
		svg.add(titled(text(0, middle+4, "name", "start", clip(p.name, 30)), p.name))
		dot := func(s heed.ReviewShare, y float64, whisker, point string) {
			if s.Of < enough {
				return
			}
			said := fmt.Sprintf("%s of %s, between %s and %s", percent(*s.Share), votesOf(s.Of), bare(s.Low), percent(s.High))
			svg.add(titled(element("g").add(line(x.of(s.Low), y, x.of(s.High), y, whisker),
				element("circle", "cx", at(x.of(*s.Share)), "cy", at(y), "r", "4", "class", point)), said))
		}
		dot(p.before, middle-6, "whisker before", "point few")
		dot(p.now, middle+6, "whisker"+p.tone, "point"+p.tone)
		svg.add(text(chartWidth, middle+4, "value", "end", rated(p.now)))
	}
	return svg
}

func partsChart(parts []heed.ReviewPart) *Node {
	var pairs []pair
	for _, part := range parts {
		p := pair{name: valued(part.Feature), before: part.Bad.Before, now: part.Bad.Now}
		if part.Bad.Moved == heed.MovedUp {
			p.tone = " bad"
		}
		pairs = append(pairs, p)
	}
	return pairsChart("Bad votes by feature", pairs)
}

func fixesChart(fixes []heed.ReviewFix) *Node {
	var pairs []pair
	for _, f := range fixes {
		if f.After == nil {
			continue
		}
		p := pair{name: f.Title, before: portion(f.Before.Hits, f.Before.Votes), now: portion(f.After.Hits, f.After.Votes)}
		if f.State == heed.FindingRegressed {
			p.tone = " bad"
		}
		pairs = append(pairs, p)
	}
	return pairsChart("What each fix is judged by", pairs)
}
