package privacy

import "unicode/utf8"

const (
	maxLocalBytes  = 128 // RFC 5321 allows 64; a longer one is redacted all the same
	maxDomainBytes = 255
)

// detectEmail finds addresses around an "@".
func detectEmail(s *scan, at int) {
	from := at
	if s.byteAt(at-1) == '\\' { // as Markdown and TeX may have it
		from--
	}
	s.email(from, at+1, false)
}

// detectEscapedEmail finds addresses in URLs, where "@" is written %40.
func detectEscapedEmail(s *scan, at int) {
	if at+2 < len(s.text) && s.text[at+1] == '4' && s.text[at+2] == '0' {
		s.email(at, at+3, false)
	}
}

// email adds the address whose local part ends at from and whose domain
// begins at to. Where the "@" is spelled, the dots may be.
func (s *scan) email(from, to int, spelled bool) {
	start := s.localStart(from)
	if start == from {
		return
	}
	end := s.domainEnd(to, spelled)
	if end == 0 || s.isRemote(start, from, end) {
		return
	}
	s.add(kindEmail, start, end)
}

// localStart returns where the local part that ends at end begins, or end.
func (s *scan) localStart(end int) int {
	start := end
	for start > 0 && end-start < maxLocalBytes {
		n := localBytes(s.text, start)
		if n == 0 {
			break
		}
		start -= n
	}
	s.work += end - start
	s.spent += end - start
	for start < end && !alnum(s.text[start]) && s.text[start] < utf8.RuneSelf && s.text[start] != '_' {
		start++
	}
	// What looks like a letter may be the end of an escape sequence.
	if start > 0 && s.text[start-1] == '\\' {
		start = min(end, start+escapeLen(s.text[start-1:end])-1)
	}
	return start
}

// localBytes returns how many bytes before i are one character of a local
// part: an ASCII letter, a digit, one of a few signs, or a letter that UTF-8
// writes in two bytes. Scripts without spaces are left out: in them an address
// often follows a word directly.
func localBytes(text string, i int) int {
	switch c := text[i-1]; {
	case alnum(c):
		return 1
	case c == '.' || c == '_' || c == '-' || c == '+' || c == '%' || c == '\'':
		return 1
	case c >= utf8.RuneSelf && c < 0xC0 && i >= 2 && text[i-2] >= 0xC3 && text[i-2] < 0xE0:
		return 2
	}
	return 0
}

// localByte reports whether a local part may end with a byte, or with a
// character that ends with it.
func localByte(c byte) bool {
	return alnum(c) || c >= utf8.RuneSelf || c == '.' || c == '_' || c == '-' || c == '+' || c == '%' || c == '\''
}

// domainEnd returns where the domain that begins at i ends, or 0. A domain
// has two labels at least and a last one that can be a top-level domain; what
// follows that does not fit is left out. Its dots may be written [.] or (dot), or
// be spelled.
func (s *scan) domainEnd(i int, spelled bool) int {
	begin, end, labels := i, 0, 0
	for i < len(s.text) && i-begin < maxDomainBytes {
		label := i
		for i < len(s.text) && labelByte(s.text[i]) && i-begin < maxDomainBytes {
			i++
		}
		last := i
		for last > label && s.text[last-1] == '-' {
			last--
		}
		if last == label || s.text[label] == '-' {
			break
		}
		labels++
		if labels > 1 && topLevel(s.text[label:last]) && !(labels == 2 && retina(s.text[begin:label])) {
			end = last
		}
		n := dotBytes(s.text[i:], spelled)
		if n == 0 || last < i {
			break
		}
		i += n
	}
	s.work += i - begin
	s.spent += i - begin
	return end
}

func labelByte(c byte) bool {
	return alnum(c) || c == '-' || c == '_' || c >= utf8.RuneSelf && c < 0xE0
}

// dotBytes returns the length of the dot that s begins with, written as such
// or in one of the ways that are meant to keep programs from reading it: as a
// word only where the rest of the address is spelled too.
func dotBytes(s string, spelled bool) int {
	if s == "" {
		return 0
	}
	if s[0] == '.' {
		return 1
	}
	if s[0] == '[' || s[0] == '(' || s[0] == '{' {
		return bracketed(s, ".", "dot", "punkt", "point", "punto")
	}
	if spelled && len(s) > len(" dot ") && equalFold(s[:len(" dot ")], " dot ") {
		return len(" dot ")
	}
	if s[0] == ' ' && len(s) > 2 && (s[1] == '(' || s[1] == '[' || s[1] == '{') {
		if n := bracketed(s[1:], ".", "dot", "punkt", "point", "punto"); n > 0 {
			n++
			if len(s) > n && s[n] == ' ' {
				n++
			}
			return n
		}
	}
	return 0
}

// bracketed returns the length of the bracket that s begins with if it holds
// one of the words, with or without spaces, and else 0.
func bracketed(s string, words ...string) int {
	i := 1
	for i < len(s) && s[i] == ' ' && i < 3 {
		i++
	}
	for _, word := range words {
		if len(s) <= i+len(word) || !equalFold(s[i:i+len(word)], word) {
			continue
		}
		j := i + len(word)
		for j < len(s) && s[j] == ' ' && j < i+len(word)+2 {
			j++
		}
		if j < len(s) && (s[j] == ']' || s[j] == ')' || s[j] == '}') {
			return j + 1
		}
	}
	return 0
}

// equalFold compares with a lower-case ASCII word.
func equalFold(s, word string) bool {
	if len(s) != len(word) {
		return false
	}
	for i := range len(s) {
		if lower(s[i]) != word[i] {
			return false
		}
	}
	return true
}

// topLevel reports whether a label can be a top-level domain: two letters or
// more, and not the extension of a file that is often named after an "@".
func topLevel(label string) bool {
	if len(label) > 4 && equalFold(label[:4], "xn--") {
		return true
	}
	letters := 0
	for i := range len(label) {
		switch c := label[i]; {
		case isLetter(c):
			letters++
		case c >= 0xC0:
			letters += 2
		case c < utf8.RuneSelf:
			return false
		}
	}
	if letters < 2 || len(label) > 24 {
		return false
	}
	switch label {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json", "html", "xml", "yaml", "yml", "txt":
		return false
	}
	return true
}

// retina reports whether a domain begins like the scale of an image, as in
// logo@2x.png.
func retina(s string) bool {
	return len(s) > 2 && isDigit(s[0]) && s[1] == 'x' && s[2] == '.'
}

// isRemote reports whether an address is the SSH remote of a repository, as in
// git@github.com:owner/name.
func (s *scan) isRemote(start, from, end int) bool {
	return s.text[start:from] == "git" && (s.byteAt(end) == ':' || s.byteAt(end) == '/')
}
