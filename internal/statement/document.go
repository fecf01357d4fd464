package statement

import (
	"fmt"
	"slices"
	"strings"
)

// Document is a template that Fill fills in, by the name of its file.
type Document string

const (
	Assessment Document = "assessment" // of the impact on data protection (GDPR, Article 35)
	Record     Document = "record"     // of processing (GDPR, Article 30)
)

// Documents lists every template.
func Documents() []Document { return []Document{Assessment, Record} }

// Fill puts a statement into a template. What is not set stays as it stood, for
// somebody to fill in by hand.
func (b *Book) Fill(d Document, s Statement) string {
	var pairs []string
	for name, value := range b.values(s) {
		if value != "" {
			pairs = append(pairs, "‹"+name+"›", value)
		}
	}
	// In one pass: what is put in is not looked at again.
	return strings.NewReplacer(pairs...).Replace(b.templates[d])
}

// values are what templates may name between ‹ and ›.
func (b *Book) values(s Statement) map[string]string {
	fact := func(id string) string { return inline(s.fact(id).Value) }
	smallGroups := fact("small_groups")
	return map[string]string{
		"project": inline(s.Name), "controller": inline(s.Controller), "contact": inline(s.Contact),
		"date": s.MadeAt.Format("2 January 2006, 15:04") + " UTC", "public page": s.Page,
		"content": fact("content"), "attachments": fact("attachments"), "gateway": fact("gateway"), "pseudonyms": fact("pseudonyms"),
		"redaction": fact("redaction"), "root key": fact("root_key"), "erasures": fact("erasures"), "audit": fact("audit"),
		"sent on": "Sent on by Heed: " + fact("sent_on") + ".", "recipients": receiverTable(s.Receivers), "small groups": strings.ToUpper(smallGroups[:1]) + smallGroups[1:] + ".",
		"retention": retentionTable(s.Kept), "access": accessTable(s.Access), "data": dataTable(s.Data), "threats": threatTable(b.threats, s.Limits, s.Receivers),
	}
}

// inline makes a text safe to stand in a cell of a table.
func inline(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "[", `\[`, "]", `\]`, "*", `\*`, "`", "'").Replace(text)
}

// unlinked leaves the words of links to other places of Heed's documents, which
// lead nowhere from a downloaded file.
func unlinked(text string) string {
	var out strings.Builder
	for {
		before, after, ok := strings.Cut(text, "[")
		words, target, linked := strings.Cut(after, "](")
		target, rest, closed := strings.Cut(target, ")")
		out.WriteString(before)
		switch {
		case !ok:
			return out.String()
		case !linked || !closed || strings.Contains(words, "["):
			out.WriteString("[")
			text = after
		case strings.HasPrefix(target, "https://"):
			out.WriteString("[" + words + "](" + target + ")")
			text = rest
		default:
			out.WriteString(words)
			text = rest
		}
	}
}

func markdownTable(head []string, rows [][]string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "| %s |\n|%s", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		fmt.Fprintf(&out, "\n| %s |", strings.Join(row, " | "))
	}
	return out.String()
}

func retentionTable(kept []Kept) string {
	var rows [][]string
	for _, k := range kept {
		rows = append(rows, []string{k.What, k.Period(), k.Then})
	}
	return markdownTable([]string{"what", "kept", "then"}, rows)
}

// receiverTable has a row for each who is sent something.
func receiverTable(receivers []Receiver) string {
	if len(receivers) == 0 {
		return "Nobody: nothing is sent on."
	}
	var rows [][]string
	for _, r := range receivers {
		rows = append(rows, []string{inline(r.Name), inline(r.Where), inline(r.Gets)})
	}
	return markdownTable([]string{"who", "where", "what they get"}, rows)
}

// accessTable has a column for each role that may do anything of it.
func accessTable(grants []Grant) string {
	var roles []string
	for _, g := range grants {
		for _, role := range g.Roles {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	head := []string{"who may"}
	for _, role := range roles {
		head = append(head, strings.ReplaceAll(role, "_", " "))
	}
	var rows [][]string
	for _, g := range grants {
		row := []string{g.What}
		for _, role := range roles {
			row = append(row, yes(slices.Contains(g.Roles, role)))
		}
		rows = append(rows, append(row, yes(g.Key)))
	}
	return markdownTable(append(head, "secret key"), rows)
}

func yes(ok bool) string {
	if ok {
		return "yes"
	}
	return "–"
}

// dataTable says of each table what kinds of values it has; the columns stand in
// docs/privacy.md.
func dataTable(files []File) string {
	var rows [][]string
	for _, f := range files {
		for _, t := range f.Tables {
			var kinds []string
			for _, c := range t.Columns {
				if !slices.Contains(kinds, string(c.Kind)) {
					kinds = append(kinds, string(c.Kind))
				}
			}
			rows = append(rows, []string{"`" + f.Name + "`", t.Name, unlinked(t.What), strings.Join(kinds, ", ")})
		}
	}
	return markdownTable([]string{"file", "table", "what it is", "kinds of value"}, rows)
}

// threatTable is of the threats as they stand in the documents: who the receivers are
// somebody named, so it is made safe before it joins their Markdown.
func threatTable(threats []Threat, limits []string, receivers []Receiver) string {
	var rows [][]string
	for _, t := range threats {
		sees := unlinked(t.Sees)
		if t.Who == receiving {
			sees += inline(receiversHere(receivers))
		}
		rows = append(rows, []string{unlinked(t.Who), sees, unlinked(t.Not), unlinked(t.Because)})
	}
	return markdownTable([]string{"who", "can see", "cannot see", "because"}, rows) + "\n\nNot protected from:\n\n- " + unlinked(strings.Join(limits, "\n- "))
}
