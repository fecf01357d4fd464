package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// anyShape is what a body must be where nothing more helpful can be said.
const anyShape = "must be a JSON object as /openapi.json describes it"

// readBody reads the body of a call, which is to be decoded.
func readBody(w http.ResponseWriter, r *http.Request, maxBytes int64) ([]byte, error) {
	body, err := capture.ReadBody(w, r, maxBytes)
	if err != nil {
		return nil, err
	}
	return body, capture.CheckJSON(body)
}

// readJSON reads a body of which names that mean nothing are ignored. Its errors say
// which shape it must have, and repeat nothing of it: the decoder's own words may
// quote what somebody wrote.
func readJSON(w http.ResponseWriter, r *http.Request, maxBytes int64, into any, shape string) error {
	body, err := readBody(w, r, maxBytes)
	if err != nil {
		return err
	}
	if json.Unmarshal(body, into) != nil {
		return heed.InvalidField("body", shape)
	}
	return nil
}

// readStrict is readJSON for a body in which every name must mean something.
func readStrict(w http.ResponseWriter, r *http.Request, maxBytes int64, into any, shape string) error {
	body, err := readBody(w, r, maxBytes)
	if err != nil {
		return err
	}
	return decodeStrict(body, into, shape)
}

func decodeStrict(body []byte, into any, shape string) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) { // one value, and nothing after it
			return nil
		}
	}
	return heed.InvalidField("body", shape)
}
