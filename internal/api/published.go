package api

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

var (
	//go:embed published.html
	publishedText string

	publishedPage = template.Must(template.New("published").Parse(publishedText))
)

// publishedView is what the public page shows.
type publishedView struct {
	heed.Publication
	First, Last, Divided, Published string
	Epsilon                         float64
	Counts                          []publishedCount
	Problem                         bool
}

type publishedCount struct {
	Name     string
	Up, Down int64
	Percent  int // of the votes that were up, in whole percents
	Sure     bool
}

// ServePublished serves the page of a publication, which anybody may read.
func (a *API) ServePublished(w http.ResponseWriter, r *http.Request) {
	p, err := a.publication(r)
	view, status := publishedView{Problem: err != nil}, http.StatusOK
	if err != nil {
		if observer, ok := w.(rest.Observer); ok {
			observer.Failed(err)
		}
		status = rest.From(err).Status
	} else {
		view = viewOf(&p)
	}
	var page bytes.Buffer
	if err := publishedPage.Execute(&page, view); err != nil {
		rest.WriteProblem(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The reader may be gone; there is nobody left to tell.
	_, _ = w.Write(page.Bytes())
}

func viewOf(p *heed.Publication) publishedView {
	const date = "2 January 2006"
	v := publishedView{
		Publication: *p, First: p.From.Format(date), Last: p.To.Add(-time.Second).Format(date),
		Divided: strings.ReplaceAll(p.By, "_", " "), Published: p.CreatedAt.Format(date), Epsilon: float64(p.Epsilon) / 1000,
	}
	for _, row := range p.Rows {
		c := publishedCount{Name: row.Value, Up: row.Up, Down: row.Down}
		if c.Name == "" {
			c.Name = "All answers"
			if p.By != "" {
				c.Name = "not known"
			}
		}
		// A share of counts that are mostly noise would say nothing.
		if votes := row.Up + row.Down; votes >= 10*p.Margin && votes > 0 {
			c.Sure, c.Percent = true, int((100*row.Up+votes/2)/votes)
		}
		v.Counts = append(v.Counts, c)
	}
	return v
}
