package langfuse

import (
	"cmp"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/privacy"
)

// trace is what a trace says of the generations in it. Its own input and output
// are those of its generations again, and not kept.
type trace struct {
	id   string
	sent time.Time // by the client's clock; the later word of two counts

	user        privacy.Raw
	session     string
	name        string
	release     string
	version     string
	environment string
}

// maxUserBytes bounds the id of a person.
const maxUserBytes = 256

func decodeTrace(o *fields.Object, sent, now time.Time) *trace {
	t := &trace{
		id: o.String("id"), user: o.Raw("userId"), session: o.String("sessionId"), name: o.String("name"),
		release: o.String("release"), version: o.String("version"), environment: strings.ToLower(o.String("environment")),
	}
	if t.sent = instant(o, "timestamp", now); t.sent.IsZero() {
		t.sent = sent
	}
	if t.user.Len() > maxUserBytes {
		o.Fail("userId", "is too long: at most 256 bytes")
	}
	o.Bound("id", t.id)
	o.Bound("sessionId", t.session)
	o.Bound("name", t.name)
	o.Bound("release", t.release)
	o.Bound("version", t.version)
	o.Bound("environment", t.environment)
	return t
}

// learn takes what a later word on the trace says, and reports whether that is
// news.
func (t *trace) learn(later *trace) bool {
	news := !later.user.IsZero()
	if news {
		t.user = later.user
	}
	for _, field := range []struct{ now, later *string }{
		{&t.session, &later.session}, {&t.name, &later.name}, {&t.release, &later.release},
		{&t.version, &later.version}, {&t.environment, &later.environment},
	} {
		if *field.later != "" && *field.later != *field.now {
			*field.now, news = *field.later, true
		}
	}
	return news
}

// describe writes what the trace says of a generation in it into its response.
// What the generation says of itself goes before, but for the release: a trace
// names that of the application, and a generation its own version.
func (t *trace) describe(r *capture.Response, g *progress) {
	r.User = t.user
	r.ConversationID = t.session
	r.Feature = t.name
	r.Release = cmp.Or(t.release, g.version, t.version)
	r.Environment = cmp.Or(g.environment, t.environment)
}

func (t *trace) size() int {
	return t.user.Len() + len(t.session) + len(t.name) + len(t.release) + len(t.version) + len(t.environment)
}
