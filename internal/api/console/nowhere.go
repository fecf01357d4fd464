package console

import (
	_ "embed"
	"net/http"
	"strconv"
	"strings"

	"github.com/heed-ai/heed/internal/rest"
)

//go:embed nowhere.html
var nowhere []byte

// nowherePolicy lets the page load its style and nothing else.
const nowherePolicy = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// ServeNowhere answers for a path at which there is nothing, for the reason err.
// People get a page, which is the same for every path, or the console if that is
// what they looked for; programs get the problem.
func ServeNowhere(w http.ResponseWriter, r *http.Request, err error) {
	h := w.Header()
	h.Add("Vary", "Accept")
	if !isVisit(r) {
		rest.WriteProblem(w, err)
		return
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", nowherePolicy)
	if r.URL.Path == "/console" || r.URL.Path == "/console/" {
		http.Redirect(w, r, "/", http.StatusFound)
		return
	}
	if o, ok := w.(rest.Observer); ok {
		o.Failed(err)
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(rest.From(err).Status)
	// The reader may be gone; there is nobody left to tell.
	_, _ = w.Write(nowhere)
}

// isVisit reports whether somebody has a browser show them the path: one asks for
// HTML by name, which scripts, styles and clients of the API do not.
func isVisit(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || strings.HasPrefix(r.URL.Path, "/v1/") {
		return false
	}
	for _, header := range r.Header.Values("Accept") {
		for media := range strings.SplitSeq(header, ",") {
			media, how, _ := strings.Cut(media, ";")
			if strings.EqualFold(strings.TrimSpace(media), "text/html") {
				return !refused(how)
			}
		}
	}
	return false
}

// refused reports whether the parameters of a media type weigh it as nothing,
// which says that it is not wanted.
func refused(parameters string) bool {
	for one := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(one, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err == nil && weight == 0
		}
	}
	return false
}
