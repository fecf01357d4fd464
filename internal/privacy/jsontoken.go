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
	var dots [5]int
	n, end := 0, i
	for end < len(text) && end-i < maxTokenBytes {
		c := text[end]
		if c == '.' && n < len(dots)-1 && end+1 < len(text) && base64URL.has(text[end+1]) {
			dots[n] = end
			n++
		} else if !base64URL.has(c) && c != '=' {
			break
		}
		end++
	}
	s.work += end - i
	if n == 0 {
		return false
	}
	header, rest := text[i:dots[0]], text[dots[0]+1:end]
	if len(header) < minTokenPartBytes || len(rest) < minTokenPartBytes || len(header) > maxTokenHeader {
		return false
	}
	found = namesAlgorithm(header) || n >= 2 && len(header) >= 16 && strings.HasPrefix(rest, "eyJ")
	if found {
		s.add(kindSecret, i, end)
	}
	return found
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
