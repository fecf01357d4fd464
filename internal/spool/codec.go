package spool

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/heed-ai/heed/internal/store"
)

// codec turns events into CBOR and back, by their JSON names. What comes back
// is exactly what went in: times keep their nanoseconds, and a string that is
// not UTF-8 stays as it is, because an event that was acknowledged must not be
// refused later. Safe for concurrent use.
type codec struct {
	enc cbor.UserBufferEncMode
	dec cbor.DecMode
}

func newCodec() (codec, error) {
	enc, err := cbor.EncOptions{Time: cbor.TimeRFC3339NanoUTC}.UserBufferEncMode()
	if err != nil {
		return codec{}, fmt.Errorf("make the event encoder: %w", err)
	}
	dec, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		return codec{}, fmt.Errorf("make the event decoder: %w", err)
	}
	return codec{enc, dec}, nil
}

// frames encodes events as the frames of an entry, into buf.
func (c codec) frames(buf *bytes.Buffer, events []store.Event) error {
	for i := range events {
		err := appendFrame(buf, func(buf *bytes.Buffer) error { return c.enc.MarshalToBuffer(&events[i], buf) })
		if err != nil {
			return fmt.Errorf("encode event %d of %d: %w", i+1, len(events), err)
		}
	}
	return nil
}

// event decodes one event. Its Seq and the project of its parts, which are not
// on disk, are put back.
func (c codec) event(seq store.Seq, data []byte) (store.Event, error) {
	var ev store.Event
	if err := c.dec.Unmarshal(data, &ev); err != nil {
		return store.Event{}, fmt.Errorf("decode the event: %w", err)
	}
	ev.Seq = seq
	switch {
	case ev.Response != nil:
		ev.Response.Project = ev.Project
	case ev.Feedback != nil:
		ev.Feedback.Project = ev.Project
	case ev.Signal != nil:
		ev.Signal.Project = ev.Project
	case ev.Change != nil:
		ev.Change.Project = ev.Project
	case ev.Step != nil:
		ev.Step.Project = ev.Project
	case ev.Metric != nil:
		ev.Metric.Project = ev.Project
	}
	return ev, nil
}

// plain encodes one event without a frame.
func (c codec) plain(ev store.Event) ([]byte, error) {
	var buf bytes.Buffer
	err := c.enc.MarshalToBuffer(&ev, &buf)
	return buf.Bytes(), err
}
