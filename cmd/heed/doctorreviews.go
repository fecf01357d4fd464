package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/heed-ai/heed/internal/api"
)

// checkReviews looks for reviews that should have been closed or written.
func (d *doctor) checkReviews(ctx context.Context) diagnosis {
	switch {
	case d.base == "":
		return unreachable()
	case !d.keyReads:
		return skipped("that takes a key that reads")
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/reviews?state=open", "", withKey(d.cmd.Key)...)
	switch {
	case err != nil:
		return ill("No answer on /v1/reviews: %v.", err)
	case got.status == http.StatusForbidden:
		return skipped("this key may not read reviews")
	case got.status != http.StatusOK:
		return ill("/v1/reviews answers: %s", got.problem())
	}
	var list api.ReviewList
	if err := json.Unmarshal(got.body, &list); err != nil {
		return ill("/v1/reviews answers something else than reviews: is HEED_URL the address of a heed of this version?")
	}
	if list.Waiting {
		return ill("A review is due and could not be written: see that the server's date is right and say so with heed retention confirm, or see its log.")
	}
	var late []string
	for _, r := range list.Items {
		if r.Overdue {
			late = append(late, fmt.Sprintf("review %d since %s", r.Number, r.Due.Format("2006-01-02")))
		}
	}
	if len(late) > 0 {
		return ill("Overdue: %s. Look at it in the console or with heed review show, and close it with heed review close.", strings.Join(late, ", "))
	}
	return fine("%d open, none overdue", len(list.Items))
}
