package privacy

import (
	"bytes"
	"encoding/base64"
	"strings"
)

const (
	minTokenPartBytes = 8
	maxTokenBytes     = 16 << 10
	maxTokenHeader    = 2048
)

// jsonToken finds a JSON web token that begins at i, feedback tokens of Heed
// among them: a header that decodes to an object with an algorithm, a payload
// and mostly a signature; or a header that does not quite, before a payload
// that begins like an object.
func (s *scan) jsonToken(i int) (found bool) {
	text := s.text
	if i >= s.token.end {
		s.readToken(i)
	}
	dots := s.token.dots[:s.token.n]
	for len(dots) > 0 && dots[0] < i {
		dots = dots[1:]
	}
	if len(dots) == 0 {
		return false
	}
	end := s.token.end
	header, rest := text[i:dots[0]], text[dots[0]+1:end]
	if len(header) < minTokenPartBytes || len(rest) < minTokenPartBytes || len(header) > maxTokenHeader {
		return false
	}
	s.work += len(header)
	found = namesAlgorithm(header) || len(dots) >= 2 && len(header) >= 16 && strings.HasPrefix(rest, "eyJ")
	if found {
		s.add(kindSecret, i, end)
	}
	return found
}

// tokenRun is a run of what tokens are made of, and the first dots in it that
// stand between two parts.
type tokenRun struct {
	dots [4]int
	n    int
	end  int
}

// readToken reads the run that goes on from i, so that it is not read again for
// what looks like the beginning of a token in its middle.
func (s *scan) readToken(i int) {
	text := s.text
	run := tokenRun{end: i}
	for run.end < len(text) && run.end-i < maxTokenBytes {
		c := text[run.end]
		if c == '.' && run.n < len(run.dots) && run.end+1 < len(text) && base64URL.has(text[run.end+1]) {
			run.dots[run.n] = run.end
			run.n++
		} else if !base64URL.has(c) && c != '=' {
			break
		}
		run.end++
	}
	s.work += run.end - i
	s.token = run
}

// namesPrivateKey reports whether a PEM block in base64 is a private key.
func namesPrivateKey(encoded string) bool {
	var buf [96]byte
	decoded, _ := base64.StdEncoding.AppendDecode(buf[:0], []byte(encoded[:min(len(encoded), 64)]))
	return bytes.Contains(decoded, []byte("PRIVATE KEY"))
}

// namesAlgorithm reports whether a part decodes to a JSON object with a member
// "alg" or "enc".
func namesAlgorithm(part string) bool {
	var buf [maxTokenHeader]byte
	decoded, err := base64.RawURLEncoding.AppendDecode(buf[:0], []byte(strings.TrimRight(part, "=")))
	if err != nil && len(decoded) == 0 {
		return false
	}
	return bytes.HasPrefix(decoded, []byte(`{"`)) &&
		(bytes.Contains(decoded, []byte(`"alg"`)) || bytes.Contains(decoded, []byte(`"enc"`)))
}
