package gateway

// parseMessages reads an answer of Anthropic's Messages API, or one event of its
// stream. The members of the one are not in the other.
func parseMessages(a *answer, text []byte) (content bool) {
	s := &scan{text: text}
	for s.open('{'); s.more('}'); {
		switch name := string(s.key()); name {
		case "type":
			if string(s.skip()) == `"message_stop"` {
				a.over = true
			}
		case "message": // of message_start; of an older error a text
			for s.open('{'); s.more('}'); {
				parseMessage(a, s, string(s.key()))
			}
		case "delta":
			content = parseMessageDelta(a, s) || content
		case "error":
			parseError(a, s.skip())
		default:
			content = parseMessage(a, s, name) || content
		}
	}
	return content
}

// parseMessage reads a member of a message.
func parseMessage(a *answer, s *scan, name string) (content bool) {
	switch name {
	case "id":
		first(&a.id, s.skip())
	case "model":
		last(&a.model, s.skip())
	case "stop_reason":
		last(&a.finish, s.skip())
	case "usage":
		parseMessageUsage(a, s)
	case "content":
		for s.open('['); s.more(']'); content = true {
			a.sayPart(s)
		}
	default:
		s.skip()
	}
	return content
}

func parseMessageDelta(a *answer, s *scan) (content bool) {
	for s.open('{'); s.more('}'); {
		switch string(s.key()) {
		case "text":
			content = a.say(s.skip()) || content
		case "thinking", "partial_json":
			content = isString(s.skip()) || content
		case "stop_reason":
			last(&a.finish, s.skip())
		default:
			s.skip()
		}
	}
	return content
}

// parseMessageUsage counts what was read from the cache and written to it among
// the input, where the provider counts it beside.
func parseMessageUsage(a *answer, s *scan) {
	var input, read, written, hour *int64
	for s.open('{'); s.more('}'); {
		switch string(s.key()) {
		case "input_tokens":
			input = s.number()
		case "output_tokens":
			count(&a.usage.OutputTokens, s.number())
		case "cache_read_input_tokens":
			read = s.number()
			count(&a.usage.CachedTokens, read)
		case "cache_creation_input_tokens":
			written = s.number()
		case "cache_creation":
			for s.open('{'); s.more('}'); {
				if string(s.key()) == "ephemeral_1h_input_tokens" {
					hour = s.number()
				} else {
					s.skip()
				}
			}
		case "service_tier":
			last(&a.tier, s.skip())
		default:
			s.skip()
		}
	}
	if input == nil {
		return
	}
	sum := *input + known(read) + known(written)
	if written != nil {
		a.writtenHour = min(known(hour), *written)
		a.written = *written - a.writtenHour
	}
	count(&a.usage.InputTokens, &sum)
}

// known is a number of tokens, 0 where it was not told.
func known(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
