package recognize_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/recognize"
)

// letter holds a name that is behind a character of two UTF-16 units and one
// of two bytes, so that only code points lead to it.
const letter = "😀 é written by Karla Kolumna in Paris yesterday"

// ask asks one recogniser at a server about a text.
func ask(t *testing.T, server *httptest.Server, c recognize.Config, text string) ([]privacy.Finding, error) {
	t.Helper()
	return recogniser(t, server, c).Recognize(t.Context(), privacy.NewRaw(text))
}

func recogniser(t *testing.T, server *httptest.Server, c recognize.Config) privacy.Recognizer {
	t.Helper()
	c.URL = server.URL
	services, err := recognize.New(map[string]recognize.Config{"presidio": c})
	if err != nil {
		t.Fatal(err)
	}
	return services.Of("prj_1", "presidio")
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func answering(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }
}

func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		config       recognize.Config
		want         []privacy.Finding
	}{
		{"nothing", `[]`, recognize.Config{}, nil},
		{"a name", `[{"entity_type":"PERSON","start":15,"end":28,"score":0.85}]`, recognize.Config{}, []privacy.Finding{{Type: privacy.Name, Start: 15, End: 28}}},
		{"more than is asked for", `[{"entity_type":"PERSON","start":15,"end":28,"score":1,"analysis_explanation":null,"recognition_metadata":{"a":[1]}}]`, recognize.Config{},
			[]privacy.Finding{{Type: privacy.Name, Start: 15, End: 28}}},
		{"kinds", `[{"entity_type":"LOCATION","start":32,"end":37,"score":0.85},{"entity_type":"KNIGHTHOOD","start":0,"end":1,"score":0.85},
			{"entity_type":"uk_nhs","start":0,"end":1,"score":0.85}]`, recognize.Config{},
			[]privacy.Finding{{Type: privacy.Address, Start: 32, End: 37}, {Type: privacy.Custom, Start: 0, End: 1}, {Type: privacy.NationalID, Start: 0, End: 1}}},
		{"overlapping, to the last character", `[{"entity_type":"PERSON","start":0,"end":47,"score":0.85},{"entity_type":"PERSON","start":46,"end":47,"score":0.85}]`, recognize.Config{},
			[]privacy.Finding{{Type: privacy.Name, Start: 0, End: 47}, {Type: privacy.Name, Start: 46, End: 47}}},
		{"too low a score", `[{"entity_type":"PERSON","start":15,"end":28,"score":0.39}]`, recognize.Config{}, nil},
		{"another threshold", `[{"entity_type":"PERSON","start":15,"end":28,"score":0.39}]`, recognize.Config{Score: 0.3}, []privacy.Finding{{Type: privacy.Name, Start: 15, End: 28}}},
		{"dates do not count", `[{"entity_type":"DATE_TIME","start":38,"end":47,"score":0.85}]`, recognize.Config{}, nil},
		{"unless they are to", `[{"entity_type":"DATE_TIME","start":38,"end":47,"score":0.85}]`, recognize.Config{Ignore: []string{}}, []privacy.Finding{{Type: privacy.Custom, Start: 38, End: 47}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ask(t, serve(t, answering(test.answer)), test.config, letter)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.Transformer("none", func(f []privacy.Finding) []privacy.Finding { return append([]privacy.Finding{}, f...) })); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestQuestion holds what is sent to what Presidio's analyzer takes.
func TestQuestion(t *testing.T) {
	type call struct{ Method, Path, ContentType, Body string }
	var got call
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = call{r.Method, r.URL.Path, r.Header.Get("Content-Type"), string(body)}
		_, _ = io.WriteString(w, "[]")
	})
	if _, err := ask(t, server, recognize.Config{Language: "de", Score: 0.5}, "\xe4 Ärger"); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"text": "\ufffd Ärger", "language": "de", "score_threshold": 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if !jsonEqual(t, string(body), got.Body) {
		t.Errorf("sent %s, want %s", got.Body, body)
	}
	got.Body = ""
	if diff := cmp.Diff(call{"POST", "/analyze", "application/json", ""}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func jsonEqual(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return cmp.Equal(x, y)
}

// TestHostileServer: whatever a server answers but a good list is an error,
// which is no longer than its time, and holds nothing of the text.
func TestHostileServer(t *testing.T) {
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") })
	for name, handler := range map[string]http.HandlerFunc{
		"never answers": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
		"stops in the middle": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, `[{"entity_type":"PERSON",`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"never ends": func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := io.WriteString(w, strings.Repeat(" ", 1<<16)); err != nil {
					return
				}
			}
		},
		"is enormous": answering("[" + strings.Repeat(`{"entity_type":"PERSON","start":0,"end":1,"score":1},`, 60_000) + `{"entity_type":"PERSON","start":0,"end":1,"score":1}]`),
		"long header": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", 1<<17)) },
		"redirects": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
		"fails":          func(w http.ResponseWriter, _ *http.Request) { http.Error(w, letter, http.StatusInternalServerError) },
		"other success":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"empty":          answering(""),
		"no JSON":        answering("[{"),
		"null":           answering("null"),
		"an object":      answering(`{"error":"` + letter + `"}`),
		"two values":     answering(`[] []`),
		"no type":        answering(`[{"start":0,"end":1,"score":1}]`),
		"no start":       answering(`[{"entity_type":"PERSON","end":1,"score":1}]`),
		"no end":         answering(`[{"entity_type":"PERSON","start":0,"score":1}]`),
		"no score":       answering(`[{"entity_type":"PERSON","start":0,"end":1}]`),
		"half a place":   answering(`[{"entity_type":"PERSON","start":0.5,"end":1,"score":1}]`),
		"before":         answering(`[{"entity_type":"PERSON","start":-1,"end":1,"score":1}]`),
		"behind":         answering(`[{"entity_type":"PERSON","start":0,"end":48,"score":1}]`),
		"backwards":      answering(`[{"entity_type":"PERSON","start":2,"end":1,"score":1}]`),
		"of no length":   answering(`[{"entity_type":"PERSON","start":2,"end":2,"score":1}]`),
		"huge places":    answering(`[{"entity_type":"PERSON","start":0,"end":9223372036854775807,"score":1}]`),
		"larger places":  answering(`[{"entity_type":"PERSON","start":0,"end":92233720368547758070,"score":1}]`),
		"low and behind": answering(`[{"entity_type":"PERSON","start":0,"end":48,"score":0.1}]`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := ask(t, serve(t, handler), recognize.Config{Within: "300ms"}, letter)
			if err == nil {
				t.Fatalf("found %v", found)
			}
			if strings.Contains(err.Error(), "Kolumna") || strings.Contains(err.Error(), "http") {
				t.Errorf("the error tells too much: %v", err)
			}
			if clean := privacy.NewCleaner().CleanBy(t.Context(), recogniser(t, serve(t, handler), recognize.Config{Within: "300ms"}), privacy.NewRaw(letter)); !clean.Withheld() {
				t.Error("the text is not withheld")
			}
		})
	}
	t.Run("is not there", func(t *testing.T) {
		server := httptest.NewServer(nil)
		server.Close()
		if found, err := ask(t, server, recognize.Config{}, letter); err == nil {
			t.Errorf("found %v", found)
		}
	})
}

// TestBusy: there are never more calls than the operator allows, and what finds
// no room within the time is an error.
func TestBusy(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		entered <- true
		<-leave
		_, _ = io.WriteString(w, "[]")
	})
	one := recogniser(t, server, recognize.Config{AtOnce: 1, Within: "30s"})
	first := make(chan error)
	go func() {
		_, err := one.Recognize(t.Context(), privacy.NewRaw("first"))
		first <- err
	}()
	<-entered
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := one.Recognize(soon, privacy.NewRaw("second")); err == nil {
		t.Error("there was room for two")
	}
	leave <- true
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
}

func TestMissingRecognizer(t *testing.T) {
	services, err := recognize.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if services.Of("prj_1", "") != nil || !services.Has("") || services.Has("gone") {
		t.Error("no name is no recogniser, and another is none that may be chosen")
	}
	if !privacy.NewCleaner().CleanBy(t.Context(), services.Of("prj_1", "gone"), privacy.NewRaw("hello")).Withheld() {
		t.Error("a recogniser that is not set up withholds nothing")
	}
}

func TestConfig(t *testing.T) {
	good := recognize.Config{URL: "http://127.0.0.1:5002"}
	for name, change := range map[string]func(*recognize.Config){
		"url":         func(c *recognize.Config) { c.URL = "presidio:5002" },
		"no host":     func(c *recognize.Config) { c.URL = "http://" },
		"password":    func(c *recognize.Config) { c.URL = "http://u:p@host" },
		"query":       func(c *recognize.Config) { c.URL = "http://host/?a=b" },
		"within":      func(c *recognize.Config) { c.Within = "2" },
		"too long":    func(c *recognize.Config) { c.Within = "31s" },
		"too short":   func(c *recognize.Config) { c.Within = "1ms" },
		"at once":     func(c *recognize.Config) { c.AtOnce = 65 },
		"score":       func(c *recognize.Config) { c.Score = 1.5 },
		"no language": func(c *recognize.Config) { c.Language = "a language of the people" },
	} {
		c := good
		change(&c)
		if _, err := recognize.New(map[string]recognize.Config{"presidio": c}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := recognize.New(map[string]recognize.Config{"Presidio 1": good}); err == nil {
		t.Error("a name with a space: no error")
	}
}
