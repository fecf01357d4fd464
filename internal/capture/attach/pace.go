package attach

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/heed-ai/heed"
)

// A large attachment must come at a pace, so that those who send slowly do not keep
// the room of others: so many bytes a second on average, after a while to begin,
// and all of it in a minute.
const (
	minBytesPerSecond = 32 << 10
	graceToBegin      = 5 * time.Second
	maxUpload         = time.Minute
)

// paced is a body that is read no slower than that.
type paced struct {
	io.ReadCloser
	control *http.ResponseController
	begun   time.Time
	read    int64
}

// pace has the body of a request come at a pace.
func pace(w http.ResponseWriter, r *http.Request) {
	r.Body = &paced{ReadCloser: r.Body, control: http.NewResponseController(w), begun: time.Now()}
}

// Read reads what has come, and waits for more as long as it is not late.
func (p *paced) Read(into []byte) (int, error) {
	due := min(graceToBegin+time.Duration(p.read)*time.Second/minBytesPerSecond, maxUpload)
	if err := p.control.SetReadDeadline(p.begun.Add(due)); err != nil {
		return 0, err
	}
	n, err := p.ReadCloser.Read(into)
	p.read += int64(n)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errSlow
	}
	if err != nil {
		// The connection lives on after the body; where it does not, the answer tells.
		_ = p.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

var errSlow = heed.Errorf(heed.Invalid, "the attachment came too slowly: at least 32 KiB a second are needed; attach less, or from where the connection is better")
