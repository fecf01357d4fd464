package store

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Events is a store of events. All methods are safe for concurrent use.
//
// Every method that reads names a project and sees nothing of another.
// Errors are heed.Errors: NotFound where there is nothing, Invalid for an
// event that can never be stored (permanent: do not try again), Unavailable
// for anything that may pass, such as a full disk (try again).
type Events interface {
	Writer
	Reader
	Persons
	Retention
	File
	Close() error
}

// Writer takes events in. There is one writer per store at a time.
type Writer interface {
	// Position returns the Seq up to which everything is stored.
	Position(ctx context.Context) (Seq, error)

	// Append stores events in one transaction, in the order given, and
	// moves the position to upTo in that same transaction: after a crash
	// either all of it happened or nothing. Events at or below the present
	// position are skipped, so a batch may be sent again. Events rise in
	// Seq and none is above upTo; events may be empty, to move the position
	// past an event that was set aside. The slice is not kept. If the error is Invalid, one of the
	// events can never be stored, and nothing was.
	//
	// In whatever order and however often the parts of a response come, the
	// stored response is the same, and counts once. Feedback and signals on
	// a response that has not arrived are kept and counted as unbound; they
	// bind when it arrives. Feedback that names only a trace binds to the
	// trace's root: its earliest agent. Without an agent it binds to the response
	// of that trace and span or, where the span is none or not given, to the
	// earliest response of the trace. Feedback that names only a span binds as if it
	// named the trace of that span's response too, of the earliest where there are
	// more. Feedback and signals on a response that is a part of an agent's answer
	// stay with it and count for that answer. An edit is stored as the event it is,
	// and its feedback's state is what heed.Feedback.Apply makes of the edits in
	// order of Seq. A step that comes again takes the place of the first. A signal
	// or change whose id, or else whose every field, is already there is the same
	// one and is stored once. Of a point of a metric counts what
	// heed.MetricStream.Take leaves of it, in order of Seq.
	Append(ctx context.Context, events []Event, upTo Seq) error
}

// Reader answers questions about what is stored.
type Reader interface {
	States
	Lists
	Voices
	Answers
	Followed
	Tail
}

// Answers tells how many single responses are at once.
type Answers interface {
	// Answers returns those of the named responses that have arrived.
	Answers(ctx context.Context, project heed.ProjectID, ids ...heed.ResponseID) (map[heed.ResponseID]Response, error)
}

// States tells how single things are, which is what taking in more needs to
// know. It is cheap for what is not there.
type States interface {
	// Feedback returns the states of those of the named feedback that are
	// there.
	Feedback(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]Feedback, error)

	// Arrivals returns, for each target whose response has arrived, which
	// response it means. Of a span alone that may take a look at every response.
	Arrivals(ctx context.Context, project heed.ProjectID, targets ...heed.Target) (map[heed.Target]Arrival, error)

	// Receipt returns the remembered answer of an Idempotency-Key.
	Receipt(ctx context.Context, project heed.ProjectID, key [16]byte) (Receipt, error)
}

// Lists answers what people ask.
type Lists interface {
	// Response returns one response with its signals and its feedback, the
	// newest query.MaxLimit of it. NotFound if neither it nor anything about
	// it has arrived.
	Response(ctx context.Context, project heed.ProjectID, id heed.ResponseID) (ResponseDetail, error)

	// Responses lists responses, newest first.
	Responses(ctx context.Context, q query.Page) ([]Response, error)

	// Feedbacks lists the current states of feedback, newest first.
	Feedbacks(ctx context.Context, q query.Page) ([]Feedback, error)

	// Edits lists what was said in each of the named feedback, in the order in
	// which it was accepted, query.MaxLimit at most of each. Feedback that is
	// not there has none.
	Edits(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID][]PastEdit, error)

	// Changes lists the changes of a project within a window, newest first,
	// query.MaxLimit at most.
	Changes(ctx context.Context, project heed.ProjectID, window query.Window) ([]Change, error)

	// Stats counts. Groups come ordered by time, then by responses
	// descending, then by key.
	Stats(ctx context.Context, q query.Stats) ([]query.Group, error)

	// Metrics adds up the metrics that were sent, ordered by key.
	Metrics(ctx context.Context, q query.Metrics) ([]query.MetricGroup, error)
}

// Tail lists what is stored in the order in which it became durable, for who
// follows it.
type Tail interface {
	// EditsAfter lists the edits of a project's feedback above a Seq, limit at most.
	EditsAfter(ctx context.Context, project heed.ProjectID, after Seq, limit int) ([]NewEdit, error)

	// Position returns the Seq up to which everything is stored.
	Position(ctx context.Context) (Seq, error)
}

// Voices tells what single people did, to what decides how much of it may be
// told.
type Voices interface {
	// Voices lists the feedback that was first given, and the signals but for
	// "shown" that happened, within a window, which is closed: by time, feedback
	// before signals, and then by id. Feedback of which nothing stands is none.
	Voices(ctx context.Context, project heed.ProjectID, window query.Window) ([]query.Voice, error)
}
