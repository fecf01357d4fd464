package privacy

import "strings"

const (
	blockBegin = "-----BEGIN "
	blockEnd   = "-----END "
	// maxBlockTitle bounds the words between the dashes.
	maxBlockTitle = 64
)

// detectKeyBlock finds private keys in PEM and PGP armour, from the line that
// begins them to the line that ends them, wherever the lines are broken. A
// block without an end is taken as far as it looks like one.
func detectKeyBlock(s *scan, at int) {
	text := s.text
	if at < s.blockEnd || !strings.HasPrefix(text[at:], blockBegin) {
		return
	}
	head := text[at+len(blockBegin) : min(len(text), at+len(blockBegin)+maxBlockTitle)]
	title, _, ok := strings.Cut(head, "-----")
	s.work += len(head)
	if !ok || !strings.Contains(title, "PRIVATE KEY") {
		return
	}
	start := at + len(blockBegin) + len(title) + len("-----")
	end := s.keyBlockEnd(start)
	s.blockEnd = end
	s.add(kindSecret, at, end)
}

// keyBlockEnd returns the end of the block whose body begins at i.
func (s *scan) keyBlockEnd(i int) int {
	text := s.text
	if !s.blocksOpen {
		from := strings.Index(text[i:], blockEnd)
		if from < 0 {
			s.work += len(text) - i
			s.blocksOpen = true
		} else {
			end := i + from + len(blockEnd)
			s.work += end - i
			line := text[end:min(len(text), end+maxBlockTitle)]
			if n := strings.Index(line, "-----"); n >= 0 {
				return end + n + len("-----")
			}
			return end
		}
	}
	begin := i
	for i < len(text) && armourByte(text[i]) && !strings.HasPrefix(text[i:], blockBegin) {
		i++
	}
	s.work += i - begin
	for i > begin && (isSpace(text[i-1]) || text[i-1] == '"' || text[i-1] == '\'') {
		i--
	}
	return i
}

// armourByte reports whether a byte may stand in the body of a block, with
// its headers, and with what surrounds its lines in source code.
func armourByte(c byte) bool {
	if alnum(c) || isSpace(c) {
		return true
	}
	switch c {
	case '+', '/', '=', '\\', '"', '\'', '-', ',', ':':
		return true
	}
	return false
}
