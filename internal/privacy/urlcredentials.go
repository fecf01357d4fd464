package privacy

import "strings"

const (
	maxSchemeBytes    = 32
	maxAuthorityBytes = 1024
)

// detectURLCredentials finds the user and password of a URL, as in
// postgres://user:password@host. The rest of the URL stays: which host a
// program could not reach is worth knowing and nobody's secret.
func detectURLCredentials(s *scan, at int) {
	text := s.text
	if at+3 >= len(text) || text[at+1] != '/' || text[at+2] != '/' {
		return
	}
	scheme := at
	for scheme > 0 && at-scheme < maxSchemeBytes && schemeByte(text[scheme-1]) {
		scheme--
	}
	if scheme == at {
		return
	}
	start := at + 3
	web := strings.HasPrefix(text[scheme:], "http")
	last, end := 0, start
	for end < len(text) && end-start < maxAuthorityBytes && authorityByte(text[end], web) {
		if text[end] == '@' {
			last = end
		}
		if text[end] == ':' && strings.HasPrefix(text[end:], "://") {
			break
		}
		end++
	}
	s.work += end - scheme
	s.spent += end - scheme
	if last == 0 || !alnum(s.byteAt(last+1)) && s.byteAt(last+1) != '[' && s.byteAt(last+1) != '$' && s.byteAt(last+1) != '{' {
		return
	}
	user, password, ok := strings.Cut(text[start:last], ":")
	if strings.HasPrefix(user, "user") && (password == "pass" || password == "password") {
		return // how a URL is written
	}
	if ok && password != "" && !template(password) && !isPort(password) && !template(user+password[:1]) {
		s.add(kindURLCredentials, start, last)
	}
}

func schemeByte(c byte) bool { return alnum(c) || c == '+' || c == '-' || c == '.' }

// authorityByte reports whether a byte may stand in the authority of a URL.
// In connection strings, which people paste unescaped, a password may hold
// what a web address may not.
func authorityByte(c byte, web bool) bool {
	switch c {
	case ' ', '\t', '\n', '\r', '"', '\'', '<', '>', '`', '\\', 0:
		return false
	case '/', '?', '#':
		return !web
	}
	return true
}

// isPort reports whether what follows a colon is a port and a path, in which
// an "@" stands later.
func isPort(s string) bool {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i > 0 && i < len(s) && s[i] == '/'
}

// template reports whether a value is a hole to be filled in, not a value:
// ${PASSWORD}, <password>, {{password}}, ****.
func template(s string) bool {
	if s == "" {
		return true
	}
	switch s[0] {
	case '$', '<', '{', '%':
		return len(s) > 1 && !isDigit(s[1]) || len(s) == 1
	case '*', '.', 'x', 'X', '-', '_':
		return strings.Trim(s, s[:1]) == ""
	}
	return false
}
