package gateway

import "strings"

// withoutPerson is a request as text, without what it says of who asks beside the
// words: ids of people for the provider, and what the application noted for
// itself. Only their pseudonym is to be kept, and redaction knows no id by its
// form. What is no object is returned as it is.
func withoutPerson(body []byte) string {
	var kept strings.Builder
	s, done := &scan{text: body}, 0
	for s.open('{'); s.more('}'); {
		put := ""
		switch string(s.key()) {
		case "user", "safety_identifier", "prompt_cache_key": // of OpenAI
			put = `""`
		case "metadata": // of OpenAI, and of Anthropic, which has user_id in it
			put = `{}`
		}
		value := s.skip()
		if put == "" || s.bad {
			continue
		}
		kept.Write(body[done : s.at-len(value)])
		kept.WriteString(put)
		done = s.at
	}
	if done == 0 {
		return string(body)
	}
	kept.Write(body[done:])
	return kept.String()
}
