package privacy

import "strings"

// detectLogin finds the user and password of a command line: curl -u name:word.
func detectLogin(s *scan, at int) {
	text := s.text
	i := at
	switch {
	case strings.HasPrefix(text[at:], "-u "):
		i += len("-u ")
	case strings.HasPrefix(text[at:], "-user "):
		i += len("-user ")
	default:
		return
	}
	s.spent += 9 * lookWork
	if !strings.Contains(text[max(0, at-256):at], "curl") {
		return
	}
	s.work += 256
	for i < len(text) && text[i] == ' ' {
		i++
	}
	var quote byte
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		quote = text[i]
		i++
	}
	start := i
	for i < len(text) && i-start < maxValueBytes && valueByte(text[i], quote) {
		i++
	}
	s.work += i - start
	user, word, ok := strings.Cut(text[start:i], ":")
	// name:'word' has its quotes inside.
	if ok && word == "" && i < len(text) && (text[i] == '\'' || text[i] == '"') {
		quote = text[i]
		begin := i + 1
		for i++; i < len(text) && i-begin < maxValueBytes && valueByte(text[i], quote); i++ {
		}
		word = text[begin:i]
	}
	if !ok || word == "" || template(user) || template(word) || placeholder(word) || strings.HasPrefix(word, "pass") {
		return
	}
	s.add(kindSecret, start, i)
}
