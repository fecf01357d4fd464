package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// nullArgument makes the bench binary a null server.
const nullArgument = "serve-null"

// nullAnswers are what a null server says, by the pattern of the request
// (see net/http.ServeMux): answers that heed gave, so that they are as long.
type nullAnswers map[string]nullAnswer

type nullAnswer struct {
	Status int
	Body   []byte
	Events bool // it is a stream of events, sent one by one
	Open   bool // the stream stays open after the first of them
	Number bool // of each answer, in place of nullNumber
}

// nullNumber is what stands in an answer for its number, and is as long.
const nullNumber = "00000000"

// startNull runs a null server in a process of its own. The caller stops it.
func startNull(ctx context.Context, answers nullAnswers) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	input, err := json.Marshal(answers)
	if err != nil {
		return nil, err
	}
	return start(ctx, append(input, '\n'), self, nullArgument)
}

// serveNull reads its answers from input and gives them until input ends, so
// that it never outlives the bench.
func serveNull(input io.Reader, logged io.Writer) error {
	commands := json.NewDecoder(input)
	var answers nullAnswers
	if err := commands.Decode(&answers); err != nil {
		return err
	}
	mux := http.NewServeMux()
	var answered atomic.Int64
	for pattern, answer := range answers {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			said := answer
			if answer.Number {
				number := fmt.Appendf(nil, "%0*d", len(nullNumber), answered.Add(1))
				said.Body = bytes.ReplaceAll(answer.Body, []byte(nullNumber), number)
			}
			said.serve(w, r)
		})
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	slog.New(slog.NewJSONHandler(logged, nil)).Info("ready", "url", "http://"+listener.Addr().String())

	var more any
	_ = commands.Decode(&more) // returns when input ends
	err = server.Close()
	<-served
	return err
}

// serve reads the request whole, as anything that works must, and answers.
func (a nullAnswer) serve(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if a.Events {
		a.stream(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // the client is gone if this fails
}

// stream sends event by event, for as long as the client stays.
func (a nullAnswer) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for event := range bytes.SplitAfterSeq(a.Body, []byte("\n\n")) {
		_, _ = w.Write(event)
		w.(http.Flusher).Flush()
		if a.Open {
			<-r.Context().Done()
			return
		}
	}
}
