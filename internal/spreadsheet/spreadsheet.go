// Package spreadsheet writes texts so that a spreadsheet shows them, and does not
// run them. Pure.
package spreadsheet

import (
	"strings"
	"unicode"
)

// Text quotes a text, and disarms one that a spreadsheet would run.
func Text(text string) string {
	if text == "" {
		return ""
	}
	if startsFormula(text) {
		text = "'" + text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// startsFormula reports whether a spreadsheet might take text for a formula:
// it begins with a sign that begins one, also in a wide or small form, also
// after what a spreadsheet trims or does not show, or with a character at
// which some break a cell.
func startsFormula(text string) bool {
	for _, r := range text {
		switch r {
		case '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−', '\t', '\r', '\n', 0:
			return true
		}
		if !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	return false
}
