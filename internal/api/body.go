package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/rest"
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

// versioned has a change name the version that was read: in its body or, where that
// says none, by If-Match. Without one it could undo another's that nobody has seen.
func versioned(r *http.Request, version **int64) error {
	if *version != nil {
		return nil
	}
	n, err := strconv.ParseInt(strings.Trim(r.Header.Get("If-Match"), `"`), 10, 64)
	if err != nil {
		return heed.InvalidField("body.version", "is missing: send the version that you read, so that nobody's change is lost")
	}
	*version = &n
	return nil
}

// ifMatch describes the header that versioned reads.
var ifMatch = rest.Param{Name: "If-Match", In: "header", Description: "The ETag that was read, instead of version."}

// tagVersion tells the version of what is answered with, for If-Match.
func tagVersion(w http.ResponseWriter, version int64) {
	w.Header().Set("ETag", strconv.Quote(strconv.FormatInt(version, 10)))
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
