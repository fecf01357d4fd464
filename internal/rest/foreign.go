package rest

import (
	"encoding/json"
	"net/http"
)

// Foreign serves an endpoint that another product has defined: what serve
// returns, with status, or else what refusal makes of the problem, with its own.
// Both are written as JSON.
func Foreign(status int, serve func(http.ResponseWriter, *http.Request) (any, error), refusal func(*Problem) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := serve(w, r)
		if err == nil {
			writeForeign(w, status, answer)
			return
		}
		if o, ok := w.(Observer); ok {
			o.Failed(err)
		}
		p := From(err)
		p.SetHeaders(w.Header())
		writeForeign(w, p.Status, refusal(p))
	}
}

func writeForeign(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(answer)
}
