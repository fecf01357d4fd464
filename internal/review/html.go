package review

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"unicode"
)

//go:embed paper.css
var paperStyle string

// Policy is the Content-Security-Policy of a review as HTML: it loads nothing, and
// runs nothing, wherever it lies. The file says the same of itself.
func Policy() string {
	sum := sha256.Sum256([]byte(paperStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// HTML writes a review as one page that needs nothing else, in light, dark and
// print.
func (p *Paper) HTML() string {
	var b strings.Builder
	title := escapeHTML(p.Title())
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString("<meta http-equiv=\"Content-Security-Policy\" content=\"" + escapeHTML(Policy()) + "\">\n")
	b.WriteString("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	b.WriteString("<title>" + title + "</title>\n<style>" + paperStyle + "</style>\n</head>\n<body>\n<main>\n<header>\n<p class=\"brand\">heed</p>\n")
	b.WriteString("<h1><bdi>" + title + "</bdi></h1>\n<p class=\"soft\"><bdi>" + escapeHTML(p.Standing()) + "</bdi></p>\n</header>\n")
	for _, s := range p.Sections() {
		fmt.Fprintf(&b, "<section id=\"%s\">\n<h2>%s</h2>\n", s.ID, escapeHTML(s.Title))
		for _, block := range s.Blocks {
			block.html(&b)
		}
		if s.Text != "" {
			b.WriteString("<blockquote dir=\"auto\">" + escapeHTML(s.Text) + "</blockquote>\n")
		}
		if s.Status != "" {
			b.WriteString("<p class=\"soft\">" + withheldSaid + "</p>\n")
		}
		b.WriteString("</section>\n")
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.String()
}

// escapeHTML makes a text that a page shows as it is. Control characters, which HTML
// may not hold, and marks that turn the direction of text are left out.
func escapeHTML(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || turnsText(r) {
			return -1
		}
		return r
	}, text))
}

func (k *PaperBlock) html(b *strings.Builder) {
	switch {
	case k.Lead != nil:
		b.WriteString("<p class=\"lead\">" + k.Lead.html() + "</p>\n")
	case k.Text != nil:
		b.WriteString("<p>" + k.Text.html() + "</p>\n")
	case k.List != nil:
		b.WriteString("<ul>\n")
		for _, item := range k.List {
			b.WriteString("<li>" + item.html() + "</li>\n")
		}
		b.WriteString("</ul>\n")
	case k.Table != nil:
		k.Table.html(b)
	case k.Chart != nil:
		b.WriteString("<figure>")
		k.Chart.html(b)
		b.WriteString("</figure>\n")
	}
	if k.Caption != "" {
		b.WriteString("<p class=\"caption\">" + escapeHTML(k.Caption) + "</p>\n")
	}
}

func (t *PaperTable) html(b *strings.Builder) {
	class := func(i int) string {
		if i < len(t.Head) && t.Head[i].Number {
			return " class=\"number\""
		}
		return ""
	}
	b.WriteString("<div class=\"wide\"><table>\n<thead><tr>")
	for i, c := range t.Head {
		fmt.Fprintf(b, "<th scope=\"col\"%s>%s</th>", class(i), escapeHTML(c.Name))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for i, cell := range row {
			if i == 0 {
				b.WriteString("<th scope=\"row\">" + cell.html() + "</th>")
			} else {
				fmt.Fprintf(b, "<td%s>%s</td>", class(i), cell.html())
			}
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table></div>\n")
}

func (l PaperLine) html() string {
	var b strings.Builder
	for _, s := range l {
		said := escapeHTML(s.Text)
		switch s.Tone {
		case Strong:
			said = "<b>" + said + "</b>"
		case Good, Bad, Soft:
			said = "<span class=\"" + string(s.Tone) + "\">" + said + "</span>"
		}
		if strings.HasPrefix(s.Href, "http://") || strings.HasPrefix(s.Href, "https://") {
			said = "<a href=\"" + escapeHTML(s.Href) + "\" rel=\"noreferrer\">" + said + "</a>"
		}
		if s.Tone != Plain || s.Href != "" {
			said = "<bdi>" + said + "</bdi>"
		}
		b.WriteString(said)
	}
	return b.String()
}

func (n *Node) html(b *strings.Builder) {
	b.WriteString("<" + n.Tag)
	if n.Tag == "svg" {
		b.WriteString(" xmlns=\"http://www.w3.org/2000/svg\"")
	}
	for _, name := range slices.Sorted(maps.Keys(n.Attrs)) {
		b.WriteString(" " + name + "=\"" + escapeHTML(n.Attrs[name]) + "\"")
	}
	b.WriteString(">" + escapeHTML(n.Text))
	for _, child := range n.Children {
		child.html(b)
	}
	b.WriteString("</" + n.Tag + ">")
}
