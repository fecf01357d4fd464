package fields

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/heed-ai/heed"
)

// List takes the list of that name in the object that a body is apart, without
// judging any of its elements. More than most of them are too many.
func List(body []byte, name string, most int) ([]json.RawMessage, error) {
	var outer map[string]json.RawMessage
	err := json.Unmarshal(body, &outer)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		// The error's own words quote what was sent.
		return nil, heed.InvalidField("body", fmt.Sprintf("is not JSON: it breaks at byte %d of %d", syntax.Offset, len(body)))
	}
	list := outer[name]
	if err != nil || len(list) == 0 || list[0] != '[' {
		return nil, heed.InvalidField("body."+name, fmt.Sprintf(`is missing: send {"%s":[…]}`, name))
	}
	texts, whole := Elements(list, most)
	if !whole {
		return nil, heed.Errorf(heed.TooLarge, "there are more than %d %s: send fewer at a time", most, name)
	}
	return texts, nil
}

// Elements returns the elements of a JSON array that is known to be one, as
// parts of its text, and whether those are all. It ends at the element after
// most, so that an array of very many tiny ones costs little: decoding it into
// a slice takes fifty times its size.
func Elements(array []byte, most int) (texts []json.RawMessage, whole bool) {
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
