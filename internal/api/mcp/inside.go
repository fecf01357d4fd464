package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

// maxAnswerBytes bounds what a tool reads of an answer.
const maxAnswerBytes = 8 << 20

// inside asks the API of this process as whoever sent a call: with their
// credential, from their address, and only for as long as they wait.
type inside struct {
	api http.Handler
	of  *http.Request
	log *slog.Logger
}

// Ask implements Asker. The context of the call counts, and not that of the
// protocol, which may outlive it.
func (i *inside) Ask(_ context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(i.of.Context(), method, path, bytes.NewReader(body))
	if err != nil {
		return heed.Wrap(heed.Invalid, err, "an argument makes no address")
	}
	r.RequestURI, r.RemoteAddr, r.Host, r.TLS = path, i.of.RemoteAddr, i.of.Host, i.of.TLS
	for _, name := range []string{"Authorization", "X-Forwarded-For"} {
		r.Header[name] = i.of.Header[name]
	}
	r.Header.Set("Content-Type", "application/json")
	answer := &kept{header: http.Header{}, status: http.StatusOK}
	i.api.ServeHTTP(answer, r)
	if answer.cut {
		return heed.Errorf(heed.TooLarge, "the answer is too large: ask for less")
	}
	if answer.status >= http.StatusInternalServerError && answer.err != nil {
		i.log.Error("request failed", "route", r.Pattern, "status", answer.status, "err", answer.err)
	}
	if answer.status >= http.StatusMultipleChoices {
		return answer.problem()
	}
	return json.Unmarshal(answer.body.Bytes(), out)
}

// kept is an answer that stays in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
	cut    bool
	err    error
}

// Failed implements rest.Observer.
func (k *kept) Failed(err error) { k.err = err }

func (k *kept) Header() http.Header    { return k.header }
func (k *kept) WriteHeader(status int) { k.status = status }

func (k *kept) Write(b []byte) (int, error) {
	if k.body.Len()+len(b) > maxAnswerBytes {
		k.cut = true
		return len(b), nil
	}
	return k.body.Write(b)
}

// problem turns an error answer back into the error it was.
func (k *kept) problem() error {
	var said rest.Problem
	if err := json.Unmarshal(k.body.Bytes(), &said); err != nil || said.Code == "" {
		return heed.Errorf(heed.Internal, "the API answered what it does not otherwise")
	}
	return &heed.Error{Code: said.Code, Message: said.Detail, Fields: said.Errors}
}
