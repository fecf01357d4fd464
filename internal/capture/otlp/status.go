package otlp

import (
	"encoding/json"
	"net/http"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

// write answers in the encoding of the request.
func (c codec) write(w http.ResponseWriter, status int, answer exported) {
	if answer == nil {
		// Nothing partial may stand in the answer to a full success.
		var nothing []byte
		if c.json {
			nothing = []byte("{}")
		}
		c.send(w, status, nothing)
		return
	}
	marshal := answer.MarshalProto
	if c.json {
		marshal = answer.MarshalJSON
	}
	body, err := marshal()
	if err != nil {
		refuse(w, c, err)
		return
	}
	c.send(w, status, body)
}

func (c codec) send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", c.media)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client may be gone; there is nobody left to tell.
	_, _ = w.Write(body)
}

// refuse answers with a google.rpc.Status, as the protocol asks.
func refuse(w http.ResponseWriter, c codec, err error) {
	if o, ok := w.(rest.Observer); ok {
		o.Failed(err)
	}
	p := rest.From(err)
	p.SetHeaders(w.Header())
	code := rpcCode(p.Code)
	if !c.json {
		var body []byte
		body = protowire.AppendVarint(protowire.AppendTag(body, 1, protowire.VarintType), uint64(code))
		body = protowire.AppendString(protowire.AppendTag(body, 2, protowire.BytesType), p.Detail)
		c.send(w, p.Status, body)
		return
	}
	// A struct of a number and a text can always be written.
	body, _ := json.Marshal(struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}{code, p.Detail})
	c.send(w, p.Status, body)
}

// rpcCode is the number that gRPC has for a kind of error.
func rpcCode(code heed.Code) int {
	switch code {
	case heed.Invalid, heed.Unsupported:
		return 3 // INVALID_ARGUMENT
	case heed.NotFound:
		return 5
	case heed.Forbidden:
		return 7 // PERMISSION_DENIED
	case heed.TooLarge, heed.RateLimited:
		return 8 // RESOURCE_EXHAUSTED
	case heed.Unavailable:
		return 14
	case heed.Unauthenticated:
		return 16
	}
	return 13 // INTERNAL
}
