package privacy

// colonMAC reports whether a run of hexadecimal digits and colons is a MAC
// address of six or eight bytes. A longer one is a key fingerprint.
func colonMAC(run string) bool {
	return (len(run) == 17 || len(run) == 23) && pairs(run, ':')
}

// pairs reports whether a run is pairs of hexadecimal digits with one
// separator.
func pairs(run string, separator byte) bool {
	for i := range len(run) {
		if i%3 == 2 {
			if run[i] != separator {
				return false
			}
		} else if !isHex(run[i]) {
			return false
		}
	}
	return true
}

// detectDashedMAC finds MAC addresses in pairs with hyphens. Digits alone are
// more often a number of something, unless a word says otherwise.
func detectDashedMAC(s *scan, at int) {
	const length = len("00-00-00-00-00-00")
	start := at - 2
	if at < s.pairEnd || start < 0 || start+length > len(s.text) || !wordStarts(s.text, start) {
		return
	}
	if !isHex(s.text[at-1]) || !isHex(s.text[at+1]) || s.text[at+3] != '-' {
		return
	}
	end := start + length
	s.work += length
	if s.byteAt(start-1) == '-' || !pairs(s.text[start:end], '-') {
		return
	}
	s.pairEnd = end
	if !wordEnds(s.text, end) || s.byteAt(end) == '-' && alnum(s.byteAt(end+1)) {
		return
	}
	if hasHexLetter(s.text[start:end]) || s.near(start, end)&cueMAC != 0 {
		s.add(kindMAC, start, end)
	}
}

// detectDottedMAC finds MAC addresses in three groups of four, as switches
// print them.
func detectDottedMAC(s *scan, at int) {
	const length = len("0000.0000.0000")
	start := at - 4
	if start < 0 || start+length > len(s.text) || !isHex(s.text[at-1]) || !isHex(s.text[at+1]) {
		return
	}
	end := start + length
	if s.text[start+9] != '.' || !wordStarts(s.text, start) || !wordEnds(s.text, end) {
		return
	}
	s.work += length
	run := s.text[start:end]
	if !hexDigits(run[:4]) || !hexDigits(run[5:9]) || !hexDigits(run[10:]) {
		return
	}
	if s.byteAt(start-1) == '.' || s.byteAt(end) == '.' && alnum(s.byteAt(end+1)) {
		return
	}
	if hasHexLetter(run) && hasDigit(run) || s.near(start, end)&cueMAC != 0 {
		s.add(kindMAC, start, end)
	}
}

func hasHexLetter(s string) bool {
	for i := range len(s) {
		if isLetter(s[i]) {
			return true
		}
	}
	return false
}

func hasDigit(s string) bool {
	for i := range len(s) {
		if isDigit(s[i]) {
			return true
		}
	}
	return false
}
