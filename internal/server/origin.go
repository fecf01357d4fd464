package server

import (
	"net/http"
	"strings"

	"github.com/heed-ai/heed/internal/access"
)

// crossOrigin answers browsers that ask whether a page of another origin may
// call (CORS). An origin may if some project allows it; whether this very key
// may be used from there is decided later, by the key's own project. Nothing
// here depends on cookies, and credentials are never allowed.
func crossOrigin(authority *access.Authority, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin == "" || !openToBrowsers(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		allowed, err := authority.OriginAllowed(r.Context(), origin)
		if err == nil && allowed {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "Retry-After, Idempotent-Replayed")
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		if allowed {
			h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
			h.Set("Access-Control-Allow-Headers", allowedHeaders)
			h.Set("Access-Control-Max-Age", "600")
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// allowedHeaders are those that pages of other origins may send. Those of
// Langfuse's clients say which client it is.
const allowedHeaders = "Authorization, Content-Type, Content-Encoding, Idempotency-Key, " +
	"X-Langfuse-Sdk-Name, X-Langfuse-Sdk-Version, X-Langfuse-Sdk-Variant, X-Langfuse-Sdk-Integration, X-Langfuse-Public-Key, X-Langfuse-Ingestion-Version"

// openToBrowsers tells the paths that pages of other origins may call.
func openToBrowsers(path string) bool {
	switch path {
	case "/v1/events", "/v1/form", "/v1/feedback", "/v1/followups", "/v1/attachments", "/api/public/ingestion", "/api/public/scores":
		return true
	}
	if id, ok := strings.CutPrefix(path, "/v1/attachments/"); ok {
		return !strings.Contains(id, "/") // withdrawing, but not what members do with it
	}
	return strings.HasPrefix(path, "/v1/feedback/") || strings.HasPrefix(path, "/api/public/scores/")
}
