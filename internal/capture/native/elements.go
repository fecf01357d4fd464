package native

import (
	"bytes"
	"encoding/json"
)

// elements returns the elements of a JSON array that is known to be one, as
// parts of its text, and whether those are all. It ends at the element after
// most, so that an array of very many tiny ones costs little: decoding it into
// a slice takes fifty times its size.
func elements(array []byte, most int) (texts []json.RawMessage, whole bool) {
	const space = " \t\r\n"
	inside := bytes.Trim(array[1:len(array)-1], space)
	for len(inside) > 0 {
		if len(texts) == most {
			return nil, false
		}
		end := elementEnd(inside)
		texts = append(texts, json.RawMessage(bytes.Trim(inside[:end], space)))
		inside = bytes.TrimLeft(inside[min(end+1, len(inside)):], space)
	}
	return texts, true
}

// elementEnd returns where the first element of a list ends: at the comma after
// it, or at the end of the text.
func elementEnd(list []byte) int {
	depth := 0
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			i += stringEnd(list[i+1:])
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(list)
}

// stringEnd returns how many bytes of text belong to the string that it is in,
// the closing quote included.
func stringEnd(text []byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
