package privacy

import "net/netip"

// detectIPv4 finds IPv4 addresses, with a prefix length where one follows.
// Four numbers with dots are also how versions and sections are written:
// after a word that says so, inside a longer name, and where all four are
// small and nothing says "address", they are not taken.
func detectIPv4(s *scan, at int) {
	text := s.text
	var octets [4]int
	i := at
	for k := range octets {
		begin := i
		for i < len(text) && isDigit(text[i]) && i-begin < 3 {
			octets[k] = octets[k]*10 + int(text[i]-'0')
			i++
		}
		if i == begin || octets[k] > 255 || text[begin] == '0' && i-begin > 1 {
			return
		}
		if k < 3 {
			if i >= len(text) || text[i] != '.' || k == 0 && !(wordStarts(text, at) && s.addressStarts(at)) {
				return
			}
			i++
		}
	}
	s.work += i - at
	if s.addressEnds(i) && s.isAddress(octets, at, i) {
		s.add(kindIP, at, s.prefixLength(i, 32))
	}
}

// addressStarts reports whether what stands before i leaves room for an
// address: a host in a URL does, a name and version such as Chrome/1.2.3.4 or
// foo-1.2.3.4 does not.
func (s *scan) addressStarts(i int) bool {
	before := s.byteAt(i - 2)
	switch s.byteAt(i - 1) {
	case '.', '-', '_', '~', '^':
		return false
	case '/':
		return before == '/' || !alnum(before)
	case ':':
		// The tail of an IPv6 address is part of it.
		return before != ':' && !isHex(before) || s.byteAt(i-3) != ':'
	}
	return true
}

func (s *scan) addressEnds(i int) bool {
	after := s.byteAt(i + 1)
	switch c := s.byteAt(i); c {
	case '.', '-', '_', '+', '~':
		return !alnum(after)
	default:
		return !alnum(c)
	}
}

func (s *scan) isAddress(o [4]int, start, end int) bool {
	if s.nearest(start, 3, 40, cueVersion)&cueVersion != 0 {
		return s.nearest(start, 1, 16, cueIP)&cueIP != 0
	}
	if max(o[0], o[1], o[2], o[3]) >= 32 || o[0] == 10 || o == [4]int{o[0], o[0], o[0], o[0]} {
		return true
	}
	if s.byteAt(start-1) == '/' || s.byteAt(start-1) == '@' || s.byteAt(end) == ':' && isDigit(s.byteAt(end+1)) {
		return true
	}
	return s.near(start, end)&cueIP != 0
}

// prefixLength returns the end of a prefix length such as /24 that follows an
// address, or i.
func (s *scan) prefixLength(i, most int) int {
	if s.byteAt(i) != '/' {
		return i
	}
	n, j := 0, i+1
	for j < len(s.text) && isDigit(s.text[j]) && j < i+4 {
		n = n*10 + int(s.text[j]-'0')
		j++
	}
	if j == i+1 || n > most || !wordEnds(s.text, j) {
		return i
	}
	return j
}

const (
	// maxIPv6Bytes is the longest an IPv6 address is written, without a zone.
	maxIPv6Bytes = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")

	// maxColonHexBytes is more than any address takes from its first colon on.
	maxColonHexBytes = 64
)

// colonHexByte reports whether a byte may stand in an IPv6 address.
func colonHexByte(c byte) bool { return isHex(c) || c == ':' || c == '.' }

// detectColonHex reads a run of hexadecimal digits and colons once, from its
// first colon on, and finds an IPv6 or a MAC address in it. Where a run is longer
// than any address, the rest of it is passed over.
func detectColonHex(s *scan, at int) {
	if at < s.colonEnd || s.inLongRun(at) {
		return
	}
	text := s.text
	start := at
	for start > 0 && isHex(text[start-1]) && at-start < 5 && start > s.colonEnd {
		start--
	}
	// The "n" of an escape is never a digit, but the "b" and "f" are.
	if start >= 1 && text[start-1] == '\\' && start < at {
		start++
	}
	end, colons := at, 0
	for end < len(text) && colonHexByte(text[end]) && (end-at < maxColonHexBytes || !isHex(text[end])) {
		if text[end] == ':' {
			colons++
		}
		end++
	}
	s.work += end - start
	s.colonEnd = end
	s.colonLong = end < len(text) && isHex(text[end])
	if colons < 2 || s.colonLong || !wordStarts(text, start) && !s.gluedBefore2001(start) {
		return
	}
	for end > at && (text[end-1] == '.' || text[end-1] == ':' && (end-1 == at || text[end-2] != ':')) {
		end--
	}
	if !wordEnds(text, end) {
		return
	}
	if colonMAC(text[start:end]) {
		s.add(kindMAC, start, end)
		return
	}
	if end-start <= maxIPv6Bytes && s.isIPv6(start, end) {
		s.add(kindIP, start, s.prefixLength(s.zoneEnd(end), 128))
	}
}

// inLongRun reports whether the colon at i is in the rest of a run that is too
// long for an address.
func (s *scan) inLongRun(i int) bool {
	if !s.colonLong {
		return false
	}
	j := s.colonEnd
	for j < i && colonHexByte(s.text[j]) {
		j++
	}
	s.work += j - s.colonEnd
	s.colonEnd, s.colonLong = j, j == i
	return s.colonLong
}

// gluedBefore2001 reports whether a documentation or global address follows a
// word without a space, as in "foo2001:db8::1".
func (s *scan) gluedBefore2001(start int) bool {
	return start+4 < len(s.text) && s.text[start:start+3] == "200" && isDigit(s.text[start+3])
}

// isIPv6 reports whether a run is an address rather than a slice, a scope or
// a time: those have few groups, and short ones.
func (s *scan) isIPv6(start, end int) bool {
	run := s.text[start:end]
	s.spent += 3*lookWork + 2*len(run)
	if _, err := netip.ParseAddr(run); err != nil {
		return false
	}
	groups, first, digits := 0, 0, false
	for i := 0; i < len(run); i++ {
		digits = digits || isDigit(run[i])
		if isHex(run[i]) && (i == 0 || run[i-1] == ':') {
			groups++
		}
		if groups == 1 && isHex(run[i]) {
			first++
		}
	}
	if groups >= 4 || groups >= 2 && first >= 3 && digits {
		return true
	}
	return s.alone(start, s.prefixLength(s.zoneEnd(end), 128)) || s.near(start, end)&cueIP != 0 && s.byteAt(start-1) != '['
}

// zoneEnd returns the end of a zone such as %eth0, or i.
func (s *scan) zoneEnd(i int) int {
	if s.byteAt(i) != '%' || !alnum(s.byteAt(i+1)) {
		return i
	}
	j := i + 1
	for j < len(s.text) && j < i+17 && alnum(s.text[j]) {
		j++
	}
	return j
}
