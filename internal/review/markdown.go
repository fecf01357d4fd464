package review

import (
	"strings"
	"unicode"
)

// Markdown writes a review as CommonMark with tables, as GitHub and GitLab read
// it. What anybody wrote stays text: it makes no markup, no HTML, no link and no
// mention.
func (p *Paper) Markdown() string {
	var b strings.Builder
	b.WriteString("# " + escapeMarkdown(p.Title()) + "\n\n")
	b.WriteString(escapeMarkdown(p.Standing()) + "\n")
	for _, s := range p.Sections() {
		b.WriteString("\n## " + escapeMarkdown(s.Title) + "\n")
		for _, block := range s.Blocks {
			block.markdown(&b)
		}
		if s.Text != "" {
			b.WriteString("\n")
			for text := range strings.SplitSeq(s.Text, "\n") {
				b.WriteString("> " + escapeLine(strings.TrimSpace(text)) + "  \n")
			}
		}
		if s.Status != "" {
			b.WriteString("\n*" + withheldSaid + "*\n")
		}
	}
	return b.String()
}

func (k *PaperBlock) markdown(b *strings.Builder) {
	switch {
	case k.Chart != nil:
		return // its numbers stand in a table, or in the page
	case k.Lead != nil:
		b.WriteString("\n" + k.Lead.markdown() + "\n")
	case k.Text != nil:
		b.WriteString("\n" + k.Text.markdown() + "\n")
	case k.List != nil:
		b.WriteString("\n")
		for _, item := range k.List {
			b.WriteString("- " + item.markdown() + "\n")
		}
	case k.Table != nil:
		b.WriteString("\n")
		k.Table.markdown(b)
	}
	if k.Caption != "" {
		b.WriteString("\n*" + escapeMarkdown(k.Caption) + "*\n")
	}
}

func (t *PaperTable) markdown(b *strings.Builder) {
	b.WriteString("|")
	for _, c := range t.Head {
		b.WriteString(" " + escapeMarkdown(c.Name) + " |")
	}
	b.WriteString("\n|")
	for _, c := range t.Head {
		if c.Number {
			b.WriteString(" --: |")
		} else {
			b.WriteString(" --- |")
		}
	}
	b.WriteString("\n")
	for _, row := range t.Rows {
		b.WriteString("|")
		for _, cell := range row {
			b.WriteString(" " + cell.markdown() + " |")
		}
		b.WriteString("\n")
	}
}

func (l PaperLine) markdown() string {
	var b strings.Builder
	for _, s := range l {
		said := escapeMarkdown(s.Text)
		inner := strings.TrimSpace(said)
		if inner != "" && s.Tone != Plain && s.Tone != Soft {
			at := strings.Index(said, inner)
			said = said[:at] + "**" + inner + "**" + said[at+len(inner):]
		}
		// An address within the console leads nowhere from a file.
		if strings.HasPrefix(s.Href, "http://") || strings.HasPrefix(s.Href, "https://") {
			said = "[" + said + "](" + strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "|", "%7C").Replace(s.Href) + ")"
		}
		b.WriteString(said)
	}
	return b.String()
}

// escapeMarkdown makes a text that reads as it is on one line, whatever is in it.
// Every character that CommonMark or its extensions could take for markup within a
// line is escaped; "@", "#", ":" and "www." by a reference, so that nobody is told of
// it and no bare address becomes a link. GitHub and GitLab look for both once more in
// what Markdown comes to, so a word joiner, which nobody sees, follows each. At the
// beginning of a line stands always a mark of ours, so that "-", "+" and "1." make no
// list there. Control characters, and marks that turn the direction of text, are left
// out.
func escapeMarkdown(text string) string {
	var b strings.Builder
	runes := []rune(onOneLine(text)) // first, lest what is left out stand between two that mean something
	for i, r := range runes {
		switch {
		case r == '@':
			b.WriteString("&#64;" + joiner)
		case r == '#':
			b.WriteString("&#35;" + joiner)
		case r == ':' && i+1 < len(runes) && (runes[i+1] == '/' || begins(runes[i+1])):
			b.WriteString("&#58;" + joiner)
		case r == '.' && i >= 3 && strings.EqualFold(string(runes[i-3:i]), "www"):
			b.WriteString("&#46;" + joiner)
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]|~$", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// joiner is a word joiner, as a reference.
const joiner = "&#8288;"

// begins reports whether a character may begin the name of an emoji, or what comes
// after a scheme, after a colon.
func begins(r rune) bool { return r == '+' || r == '-' || unicode.IsLetter(r) }

// escapeLine is escapeMarkdown for what stands at the beginning of a line, where
// more characters begin markup.
func escapeLine(text string) string {
	escaped := escapeMarkdown(text)
	digits := strings.TrimLeft(escaped, "0123456789")
	switch {
	case escaped == "":
	case strings.ContainsRune("-+=", rune(escaped[0])):
		return "\\" + escaped
	case len(digits) < len(escaped) && digits != "" && (digits[0] == '.' || digits[0] == ')'):
		return escaped[:len(escaped)-len(digits)] + "\\" + digits
	}
	return escaped
}

// turnsText reports whether a character changes the direction of the text around
// it.
func turnsText(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}
