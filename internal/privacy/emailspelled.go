package privacy

// detectBracketedEmail finds addresses that are written to keep programs from
// reading them: john (at) example (dot) com, john[at]example.com. It is fired
// by the bracket.
func detectBracketedEmail(s *scan, at int) {
	if at+3 >= len(s.text) {
		return
	}
	switch s.text[at+1] {
	case 'a', 'A', '@', ' ':
	default:
		return
	}
	n := bracketed(s.text[at:], "at", "@", "ät")
	if n == 0 {
		return
	}
	from, to := at, at+n
	if s.byteAt(from-1) == ' ' {
		from--
	}
	if s.byteAt(to) == ' ' {
		to++
	}
	s.email(from, to, true)
}

// detectSpelledEmail finds addresses in words, john at example dot com. So
// ordinary are the two words that the address must be announced, or its
// local part must look like one.
func detectSpelledEmail(s *scan, at int) {
	text := s.text
	if at == 0 || at+3 >= len(text) || text[at-1] != ' ' || !equalFold(text[at:at+3], "at ") {
		return
	}
	start := s.localStart(at - 1)
	if start == at-1 {
		return
	}
	i, dots := at+3, 0
	for {
		label := i
		for i < len(text) && i-label < 64 && (alnum(text[i]) || text[i] == '-') {
			i++
		}
		if i == label {
			return
		}
		s.work += i - label
		if n := dotBytes(text[i:], true); n > 1 && dots < 4 {
			dots++
			i += n
			continue
		}
		if dots == 0 || !topLevel(text[label:i]) {
			return
		}
		break
	}
	local := text[start : at-1]
	if hasDigit(local) || s.before(start, cueReach)&cueEmail != 0 {
		s.add(kindEmail, start, i)
	}
}
