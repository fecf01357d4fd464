package review

import (
	"strings"
	"unicode"
)

// Digest is a review in a few lines, for where people are told of it.
type Digest struct {
	Title string
	Lines []PaperLine // five at most
	Links []Link
}

// Link leads to a place.
type Link struct{ Name, Href string }

// Bounds of a digest.
const (
	mostDigestLines = 5
	digestLineRunes = 400
)

// Digest says a review in short. Its links are whole addresses where p has a Base.
func (p *Paper) Digest() Digest {
	d := Digest{Title: p.Title()}
	switch {
	case p.Review.ClosedAt.IsZero() && p.Review.Overdue(p.Now):
		d.Title += ": overdue"
	case !p.Review.ClosedAt.IsZero():
		d.Title += ": closed"
	}
	add := func(l PaperLine) {
		if len(d.Lines) < mostDigestLines && len(l) > 0 {
			d.Lines = append(d.Lines, l)
		}
	}
	for _, block := range p.summary() {
		add(block.Lead)
		for _, item := range block.List {
			if !p.Review.ClosedAt.IsZero() && len(d.Lines) == mostDigestLines-1 {
				break // the last line is for what was decided
			}
			add(item)
		}
	}
	if n := len(p.Review.Decisions); n > 0 {
		add(PaperLine{strong(of(int64(n), "decision", "decisions")), say(" taken.")})
	} else if p.Review.ClosedAt.IsZero() {
		add(PaperLine{say("To be closed by "), strong(p.Review.Due.UTC().Format("Monday, 2 January")), say(".")})
	}
	d.Links = []Link{{"Open the review", p.place("/reviews/" + escapePath(string(p.Review.ID)))}}
	return d
}

// Text is the digest as plain text.
func (d Digest) Text() string {
	var b strings.Builder
	b.WriteString(onOneLine(d.Title) + "\n\n")
	for _, l := range d.Lines {
		b.WriteString("- " + clip(onOneLine(l.String()), digestLineRunes) + "\n")
	}
	b.WriteString("\n")
	for _, link := range d.Links {
		b.WriteString(link.Name + ": " + link.Href + "\n")
	}
	return b.String()
}

// Slack is the digest as Slack's mrkdwn.
func (d Digest) Slack() string {
	var b strings.Builder
	b.WriteString("*" + escapeSlack(d.Title) + "*\n")
	for _, l := range d.Lines {
		b.WriteString("• " + l.slack() + "\n")
	}
	for i, link := range d.Links {
		if i > 0 {
			b.WriteString(" · ")
		}
		b.WriteString(slackLink(link.Name, link.Href))
	}
	return b.String()
}

func (l PaperLine) slack() string {
	var b strings.Builder
	left := digestLineRunes
	for _, s := range l {
		said := clip(onOneLine(s.Text), max(1, left))
		left -= len([]rune(said))
		text := escapeSlack(said)
		switch inner := strings.TrimSpace(text); {
		case isWhole(s.Href):
			text = slackLink(said, s.Href)
		case inner != "" && (s.Tone == Strong || s.Tone == Good || s.Tone == Bad):
			at := strings.Index(text, inner)
			text = text[:at] + "*" + inner + "*" + text[at+len(inner):]
		}
		b.WriteString(text)
		if left <= 0 {
			break
		}
	}
	return b.String()
}

func isWhole(href string) bool {
	return strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://")
}

func slackLink(name, href string) string {
	if !isWhole(href) {
		return escapeSlack(name)
	}
	href = strings.NewReplacer("|", "%7C", ">", "%3E", "<", "%3C").Replace(href)
	return "<" + strings.ReplaceAll(href, "&", "&amp;") + "|" + escapeSlack(name) + ">"
}

// escapeSlack makes a text that Slack shows as it is: its three control characters
// are escaped as it asks, and what it would take for markup, a mention, an emoji or
// an address gets an invisible word joiner beside it.
func escapeSlack(text string) string {
	var b strings.Builder
	runes := []rune(onOneLine(text))
	for i, r := range runes {
		next := ' '
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case strings.ContainsRune("*_~`@#|", r), r == ':' && (next == '/' || begins(next)), r == '.' && unicode.IsLetter(next):
			b.WriteString("\u2060" + string(r) + "\u2060")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// HTML is the digest as the body of an HTML mail: no script, no style sheet, no
// picture, and no address but those of its links.
func (d Digest) HTML() string {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escapeHTML(onOneLine(d.Title)) + "</title></head>\n<body>\n")
	b.WriteString("<h2><bdi>" + escapeHTML(onOneLine(d.Title)) + "</bdi></h2>\n<ul>\n")
	for _, l := range d.Lines {
		b.WriteString("<li>" + l.mail() + "</li>\n")
	}
	b.WriteString("</ul>\n<p>")
	for i, link := range d.Links {
		if i > 0 {
			b.WriteString(" · ")
		}
		if isWhole(link.Href) {
			b.WriteString("<a href=\"" + escapeHTML(link.Href) + "\">" + escapeHTML(link.Name) + "</a>")
		} else {
			b.WriteString(escapeHTML(link.Name))
		}
	}
	b.WriteString("</p>\n</body></html>\n")
	return b.String()
}

func (l PaperLine) mail() string {
	var b strings.Builder
	for _, s := range l {
		said := escapeHTML(clip(onOneLine(s.Text), digestLineRunes))
		if s.Tone == Strong || s.Tone == Good || s.Tone == Bad {
			said = "<strong>" + said + "</strong>"
		}
		if isWhole(s.Href) {
			said = "<a href=\"" + escapeHTML(s.Href) + "\">" + said + "</a>"
		}
		b.WriteString("<bdi>" + said + "</bdi>")
	}
	return b.String()
}

// onOneLine leaves out what would begin a new line, steer a terminal or turn the
// direction of text. Spaces at the ends stay, as they are between words.
func onOneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || turnsText(r):
			return -1
		}
		return r
	}, text)
}
