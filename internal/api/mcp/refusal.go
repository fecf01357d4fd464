package mcp

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

// held keeps the answer of the protocol's library until it is whole. Its refusals
// repeat what was sent, a name, an address or all of the message, and agents write
// what they are told into logs: so they are told in words of Heed's own.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

// passTo hands the answer on.
func (h *held) passTo(w http.ResponseWriter) {
	body := h.body.Bytes()
	if strings.HasPrefix(h.header.Get("Content-Type"), "application/json") {
		body = withoutEcho(body)
	} else if h.status >= http.StatusBadRequest {
		rest.WriteProblem(w, refusalOf(h.status))
		return
	}
	h.header.Del("Content-Length")
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	// Whoever asked may be gone; there is nobody left to tell.
	_, _ = w.Write(body)
}

// refusalOf is the error that an answer with a status was, before there was a message
// to answer.
func refusalOf(status int) error {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return heed.Errorf(heed.TooLarge, "a message has at most 64 KiB")
	case http.StatusUnsupportedMediaType:
		return heed.Errorf(heed.Unsupported, "the Content-Type must be application/json")
	}
	return heed.Errorf(heed.Invalid, "this is no message of the protocol: POST JSON-RPC 2.0 with an Accept of application/json and text/event-stream, by a method that the protocol has")
}

// withoutEcho is a message of JSON-RPC that repeats nothing where it tells an error.
func withoutEcho(body []byte) []byte {
	var message struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id,omitempty"`
		Error   *struct {
			Code    int64  `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &message); err != nil || message.Error == nil {
		return body
	}
	switch message.Error.Code {
	case -32700, -32600:
		message.Error.Message = "this is no message of JSON-RPC 2.0"
	case -32601:
		message.Error.Message = "there is no such method here: tools/list and tools/call are what there is"
	case -32602:
		message.Error.Message = "the parameters are not those of the method, or name what is not there: tools/list has the tools that this key may use, with what they take"
	default:
		message.Error.Message = "the call could not be answered"
	}
	text, err := json.Marshal(message)
	if err != nil {
		return body
	}
	return text
}
