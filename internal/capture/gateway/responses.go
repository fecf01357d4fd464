package gateway

// parseResponses reads an answer of OpenAI's Responses API, or one event of its
// stream, which has a type.
func parseResponses(a *answer, text []byte) (content bool) {
	kind := typeOf(text)
	switch kind {
	case "error":
		a.errorCode, a.over = "error", true
	case "response.completed", "response.incomplete", "response.failed":
		a.over = true
	}
	s := &scan{text: text}
	for s.open('{'); s.more('}'); {
		name := string(s.key())
		switch {
		case kind == "":
			content = parseResponse(a, s, name) || content
		case name == "response":
			for s.open('{'); s.more('}'); {
				parseResponse(a, s, string(s.key()))
			}
		case name == "delta":
			value := s.skip()
			content = isString(value) || content
			if kind == "response.output_text.delta" {
				a.text = appendText(a.text, value)
			}
		case name == "code" && kind == "error":
			last(&a.errorCode, s.skip())
		case name == "message" && kind == "error":
			a.errorMessage = s.string()
		case name == "error" && kind == "error":
			if value := s.skip(); some(value) {
				a.errorCode, a.errorMessage = "", ""
				parseError(a, value)
			}
		default:
			s.skip()
		}
	}
	return content
}

func typeOf(text []byte) string {
	s := &scan{text: text}
	for s.open('{'); s.more('}'); {
		if string(s.key()) == "type" {
			return s.string()
		}
		s.skip()
	}
	return ""
}

// parseResponse reads a member of an answer, and reports whether it is one with
// content.
func parseResponse(a *answer, s *scan, name string) (content bool) {
	switch name {
	case "id":
		first(&a.id, s.skip())
	case "model":
		last(&a.model, s.skip())
	case "service_tier":
		last(&a.tier, s.skip())
	case "status":
		if status := s.string(); status != "" && status != "in_progress" && status != "queued" {
			a.finish = status
		}
	case "output":
		unsaid := len(a.text) == 0 || !a.over // the end of a stream says all of it again
		for s.open('['); s.more(']'); content = true {
			for s.open('{'); s.more('}'); {
				if string(s.key()) == "content" && unsaid {
					a.say(s.skip())
				} else {
					s.skip()
				}
			}
		}
	case "usage":
		for s.open('{'); s.more('}'); {
			switch string(s.key()) {
			case "input_tokens":
				count(&a.usage.InputTokens, s.number())
			case "output_tokens":
				count(&a.usage.OutputTokens, s.number())
			case "input_tokens_details", "output_tokens_details":
				parseDetails(a, s)
			default:
				s.skip()
			}
		}
	case "error":
		parseError(a, s.skip())
	default:
		s.skip()
	}
	return content
}
